package classify

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/engine/ref"
)

// looked is a context that is done after a number of looks at whether it is.
type looked struct {
	context.Context
	left atomic.Int64
}

func (c *looked) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// With many images and classes each of these steps takes a while.
func TestCrossValidationLooksAtItsContext(t *testing.T) {
	var trials []trial
	for i := range 12 {
		trials = append(trials, trial{logits: []float64{float64(i), 1}, weight: 1})
	}
	for done := range 50 {
		ctx := &looked{Context: context.Background()}
		ctx.left.Store(int64(done))
		if _, err := sharpness(ctx, trials); !errors.Is(err, context.Canceled) {
			t.Errorf("done after %d steps: %v", done, err)
		}
	}
	const most = 1 << 20
	looks := func(of int) int {
		ctx, x := &looked{Context: context.Background()}, clusters(of, 4, 1)
		ctx.left.Store(most)
		if _, err := Learn(ctx, ref.New(), x, nil); err != nil {
			t.Fatal(err)
		}
		return most - int(ctx.left.Load())
	}
	// 36 and 39 images are learnt from in as many batches.
	if few, more := looks(12), looks(13); more < few+3 {
		t.Errorf("%d looks at the context for 36 images, %d for 39", few, more)
	}
}
