package augment

import (
	"bytes"
	"math"
	"testing"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// resizeAxis is the definition of one pass of Resize: n samples, a stride apart,
// to m, each weighed by the kernel in float64 and rounded to 8 bits.
func resizeAxis(dst []uint8, m, dstStride int, src []uint8, n, srcStride int) {
	scale := float64(n) / float64(m)
	stretch := max(scale, 1)
	for i := range m {
		center := (float64(i) + 0.5) * scale
		sum, total := 0.0, 0.0
		for j := range n {
			w := bicubic((float64(j) + 0.5 - center) / stretch)
			sum += w * float64(src[j*srcStride])
			total += w
		}
		dst[i*dstStride] = uint8(min(max(math.Round(sum/total), 0), 255))
	}
}

func resizeByDefinition(dst, src tensor.Image) {
	rows := tensor.NewImage(src.H, dst.W)
	for c := range 3 {
		for y := range src.H {
			resizeAxis(rows.Pix[y*dst.W*3+c:], dst.W, 3, src.Pix[y*src.W*3+c:], src.W, 3)
		}
		for x := range dst.W {
			resizeAxis(dst.Pix[x*3+c:], dst.H, dst.W*3, rows.Pix[x*3+c:], src.H, dst.W*3)
		}
	}
}

// Sizes cross the pairing of rows and of half rows. A coefficient rounded to 22
// bits may tip a sum over one half in each of the two passes.
func TestResizeEqualsTheDefinitionAtSmallSizes(t *testing.T) {
	sizes := []int{1, 2, 3, 4, 5, 8, 9, 17}
	var s Scratch
	for _, h := range sizes {
		for _, w := range sizes {
			src := noise(h, w)
			for _, m := range sizes {
				got, want := tensor.NewImage(m, w+1), tensor.NewImage(m, w+1)
				Resize(got, src, &s)
				resizeByDefinition(want, src)
				if _, worst := difference(got.Pix, want.Pix); worst > 2 {
					t.Errorf("%d×%d to %d×%d: largest difference %d", h, w, m, w+1, worst)
				}
			}
		}
	}
}

// The lower half may be negative: it borrows from the upper one, which here has
// nothing below its integer part to give.
func TestUnpackSeparatesTheHalves(t *testing.T) {
	one := uint64(1) << precision
	sums := []pixelPair{{5*one<<32 - 1, 5 * one << 32, 300*one<<32 + 7*one}}
	a, b := make([]uint8, 3), make([]uint8, 3)
	unpack(a, b, sums)
	if want := [3]uint8{0, 0, 7}; [3]uint8(a) != want {
		t.Errorf("lower halves %v, want %v", a, want)
	}
	if want := [3]uint8{5, 5, 255}; [3]uint8(b) != want {
		t.Errorf("upper halves %v, want %v", b, want)
	}
}

// Sizes cross the groups of eight rows, of four and two pixels and of 32 bytes;
// boxes touch the end of the image, behind which assembly must not read.
func TestResizedCropInAVX2EqualsTheGenericPasses(t *testing.T) {
	if !vector {
		t.Skip("no AVX2")
	}
	var s, s2 Scratch
	draws := rng.New(11, 0, 0, rng.Generate)
	for i := range 3000 {
		src := noise(1+draws.IntN(60), 1+draws.IntN(60))
		if i%3 == 0 { // extremes bring the sums to their limits
			for j, v := range src.Pix {
				src.Pix[j] = uint8(int8(v) >> 7)
			}
		}
		box := rectangle{H: 1 + draws.IntN(src.H), W: 1 + draws.IntN(src.W)}
		box.Y, box.X = draws.IntN(src.H-box.H+1), draws.IntN(src.W-box.W+1)
		got := tensor.NewImage(1+draws.IntN(50), 1+draws.IntN(50))
		want := tensor.NewImage(got.H, got.W)
		mirrored := draws.Bool(0.5)
		resizedCrop(got, src, box, mirrored, &s)
		generically(func() { resizedCrop(want, src, box, mirrored, &s2) })
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Fatalf("%+v of %d×%d to %d×%d, mirrored %v: differs", box, src.H, src.W, got.H, got.W, mirrored)
		}
	}
}

// flip sets dst to src mirrored left to right. They must not overlap.
func flip(dst, src tensor.Image) {
	row := src.W * 3
	for y := range src.H {
		flipRow(dst.Pix[y*row:(y+1)*row], src.Pix[y*row:(y+1)*row])
	}
}

func TestMirroredCropEqualsTheCropOfTheMirrorImage(t *testing.T) {
	var s Scratch
	draws := rng.New(12, 0, 0, rng.Generate)
	for i := range 500 {
		src := noise(1+draws.IntN(60), 1+draws.IntN(60))
		flipped := tensor.NewImage(src.H, src.W)
		flip(flipped, src)
		box := rectangle{H: 1 + draws.IntN(src.H), W: 1 + draws.IntN(src.W)}
		box.Y, box.X = draws.IntN(src.H-box.H+1), draws.IntN(src.W-box.W+1)
		got := tensor.NewImage(1+draws.IntN(50), 1+draws.IntN(50))
		if i%4 == 0 {
			got = tensor.NewImage(box.H, box.W)
		}
		want := tensor.NewImage(got.H, got.W)
		resizedCrop(got, src, box, true, &s)
		generically(func() { resizedCrop(want, flipped, box, false, &s) })
		if !bytes.Equal(got.Pix, want.Pix) {
			t.Fatalf("%+v of %d×%d to %d×%d: differs", box, src.H, src.W, got.H, got.W)
		}
	}
}

func TestRoundAwayIsRound(t *testing.T) {
	for _, x := range []float64{
		0, 0.5, 1, 1.5, 2.5, 0.49999999999999994, 1 << 22, 1<<22 + 0.5, 4718592.4999999991,
	} {
		for _, x := range []float64{x, -x, math.Nextafter(x, 9), -math.Nextafter(x, -9)} {
			if got, want := roundAway(x), int32(math.Round(x)); got != want {
				t.Errorf("%v: %d, want %d", x, got, want)
			}
		}
	}
}

// A strip of 50 million pixels takes more than 2 GiB, packed for the first pass.
func TestOffsetsOfLongStripsFit(t *testing.T) {
	for _, c := range []struct{ first, align, step int }{
		{math.MaxInt32/48 + 2, 2, 48},     // a pixel, packed for eight rows
		{math.MaxInt32 / 416 * 2, 1, 416}, // a row of 128 pixels
		{math.MaxInt32 / 48 * 4, 2, 48},   // positive again in 32 bits
	} {
		f := filter{first: []int{c.first}, count: []int{1}, coef: []int32{1 << precision}, taps: 1, most: 1}
		f.split(c.align, c.step)
		if want := (c.first - c.first%c.align) * c.step; f.offset[0] != want {
			t.Errorf("sample %d, %d bytes each: at %d, want %d", c.first, c.step, f.offset[0], want)
		}
	}
}
