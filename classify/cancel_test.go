package classify

import (
	"context"
	"errors"
	"testing"

	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/internal/looks"
)

// With many images and classes each of these steps takes a while.
func TestCrossValidationLooksAtItsContext(t *testing.T) {
	var trials []trial
	for i := range 12 {
		trials = append(trials, trial{logits: []float64{float64(i), 1}, weight: 1})
	}
	for done := range 50 {
		if _, err := sharpness(looks.After(done), trials); !errors.Is(err, context.Canceled) {
			t.Errorf("done after %d steps: %v", done, err)
		}
	}
	made := func(of int) int {
		ctx := looks.After(1 << 20)
		if _, err := Learn(ctx, ref.New(), clusters(of, 4, 1), nil); err != nil {
			t.Fatal(err)
		}
		return ctx.Made()
	}
	// 36 and 39 images are learnt from in as many batches.
	if few, more := made(12), made(13); more < few+3 {
		t.Errorf("%d looks at the context for 36 images, %d for 39", few, more)
	}
}
