package segment

import (
	"context"
	"errors"
	"testing"

	"github.com/amdim/amdim/internal/looks"
	"github.com/amdim/amdim/internal/rng"
)

// What takes seconds of a large image looks at its context: between rows, planes or regions.
func TestWorkOverPixelsEndsWhereverItsContextDoes(t *testing.T) {
	const h, w, k = 12, 9, 3
	s := rng.New(7, 0, 0, rng.Sample)
	img, specks := randomImage(&s, h, w), randomMap(&s, h, w, k)
	g := Grid{W: 3, H: 4, K: k, V: randomPlane(&s, 12*k), X0: 1, Y0: 1, DX: 3, DY: 3}
	soft := g.Over(h, w)
	for _, c := range []struct {
		name  string
		least int // looks
		call  func(ctx context.Context) error
	}{
		{"Refine", 3 + 6 + k, func(ctx context.Context) error {
			_, err := Guided{Radius: 2, Eps: 0.01, Threads: 2}.Refine(ctx, g, img)
			return err
		}},
		{"Argmax", h, func(ctx context.Context) error { _, _, err := Argmax(ctx, soft, 2); return err }},
		{"Confidence", h, func(ctx context.Context) error {
			_, err := Confidence(ctx, soft, specks, 2)
			return err
		}},
		{"Absorb", 5, func(ctx context.Context) error { _, err := specks.Absorb(ctx, 30); return err }},
	} {
		whole := looks.After(1 << 20)
		if err := c.call(whole); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if whole.Made() < c.least {
			t.Errorf("%s: %d looks, want %d", c.name, whole.Made(), c.least)
		}
		for done := range whole.Made() {
			ctx := looks.After(done)
			if err := c.call(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s, done after %d looks: %v", c.name, done, err)
			}
		}
	}
}

// Behind the end of its context no row is computed.
func TestNoRowIsBegunWhenTheContextIsDone(t *testing.T) {
	rows := counted{Grid{W: 2, H: 2, K: 1, V: make([]float32, 4), DX: 1, DY: 1}.Over(50, 3), new(int)}
	if _, _, err := Argmax(looks.After(7), rows, 1); !errors.Is(err, context.Canceled) || *rows.rows != 7 {
		t.Errorf("%d rows, %v", *rows.rows, err)
	}
}

// counted counts the rows that are computed.
type counted struct {
	Soft
	rows *int
}

func (c counted) Row(dst []float32, y int) {
	*c.rows++
	c.Soft.Row(dst, y)
}
