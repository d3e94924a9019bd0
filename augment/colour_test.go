package augment

import (
	"bytes"
	"math"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// generically runs f without assembly.
func generically(f func()) {
	defer func(was bool) { vector = was }(vector)
	vector = false
	f()
}

// guardedPixels returns n random bytes with 64 others on both sides, and a
// function that fails when one of those was written.
func guardedPixels(t *testing.T, n int) (pix []uint8, intact func(what string)) {
	t.Helper()
	const guard = 64
	all := noise(1, n+2*guard).Pix[:n+2*guard]
	before := bytes.Clone(all)
	return all[guard : guard+n : guard+n], func(what string) {
		t.Helper()
		if !bytes.Equal(all[:guard], before[:guard]) || !bytes.Equal(all[guard+n:], before[guard+n:]) {
			t.Errorf("%s of %d bytes writes beyond them", what, n)
		}
	}
}

var colourOps = []struct {
	name string
	run  func(img tensor.Image, factor float64)
}{
	{"brightness", brightness},
	{"contrast", contrast},
	{"saturation", saturation},
	{"hue", hue},
	{"gray", func(img tensor.Image, _ float64) { gray(img) }},
}

// Widths cross the blocks of 8 pixels and of 32 bytes.
func TestColoursInAVX2EqualTheGenericLoops(t *testing.T) {
	if !vector {
		t.Skip("no AVX2")
	}
	for _, op := range colourOps {
		factors := []float64{0, 0.2, 0.6, 0.9999, 1, 1.37, 3.3, 11, 1e5, 1e30, math.Inf(1), math.NaN()}
		if op.name == "hue" {
			factors = []float64{-0.5, -0.2, -0.004, 0, 0.0039, 0.11, 0.2, 0.5}
		}
		for _, factor := range factors {
			for w := 1; w <= 70; w++ {
				pix, intact := guardedPixels(t, 3*w)
				want := tensor.Image{H: 1, W: w, Pix: bytes.Clone(pix)}
				op.run(tensor.Image{H: 1, W: w, Pix: pix}, factor)
				generically(func() { op.run(want, factor) })
				if !bytes.Equal(pix, want.Pix) {
					t.Fatalf("%s by %g of %d pixels differs", op.name, factor, w)
				}
				intact(op.name)
			}
		}
	}
}

// Every colour, with a turn that leaves the hue as it is and one that does not.
func TestEveryColourInAVX2EqualsTheGenericLoops(t *testing.T) {
	if testing.Short() || !vector {
		t.Skip("2^24 colours per operation, or no AVX2")
	}
	row, want := tensor.NewImage(1, 1<<16), tensor.NewImage(1, 1<<16) // one red, every green and blue
	for _, op := range colourOps {
		for _, factor := range []float64{0, 0.123, 0.449} {
			for r := range 256 {
				for i := range row.W {
					p := row.At(0, i)
					p[0], p[1], p[2] = uint8(r), uint8(i>>8), uint8(i)
				}
				copy(want.Pix, row.Pix)
				op.run(row, factor)
				generically(func() { op.run(want, factor) })
				if !bytes.Equal(row.Pix, want.Pix) {
					t.Fatalf("%s by %g differs for red %d", op.name, factor, r)
				}
			}
		}
	}
}
