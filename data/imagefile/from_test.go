package imagefile

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/looks"
	"github.com/amdim/amdim/tensor"
)

// noisy returns an image of every type, with random bytes and bounds that do not
// begin at zero.
func noisy(s *rand.Rand) map[string]image.Image {
	r := image.Rect(3, 5, 3+29, 5+17)
	random := func(n int) []uint8 {
		b := make([]uint8, n)
		for i := range b {
			b[i] = uint8(s.Uint32() >> 13)
		}
		return b
	}
	gray, rgba, nrgba, cmyk := image.NewGray(r), image.NewRGBA(r), image.NewNRGBA(r), image.NewCMYK(r)
	deep, deepGray, deepStraight := image.NewRGBA64(r), image.NewGray16(r), image.NewNRGBA64(r)
	palette := make(color.Palette, 256)
	for i := range palette {
		b := random(4)
		palette[i] = color.NRGBA{b[0], b[1], b[2], b[3]}
	}
	paletted := image.NewPaletted(r, palette)
	for _, pix := range [][]uint8{
		gray.Pix, nrgba.Pix, cmyk.Pix, paletted.Pix, deepGray.Pix, deepStraight.Pix,
	} {
		copy(pix, random(len(pix)))
	}
	for i := range 29 * 17 { // premultiplied: no more than alpha
		b := random(4)
		x, y := 3+i%29, 5+i/29
		rgba.Set(x, y, color.NRGBA{b[0], b[1], b[2], b[3]})
		deep.Set(x, y, color.NRGBA{b[0], b[1], b[2], b[3]})
	}
	all := map[string]image.Image{
		"gray": gray, "rgba": rgba, "nrgba": nrgba, "cmyk": cmyk, "paletted": paletted,
		"rgba64": deep, "gray16": deepGray, "nrgba64": deepStraight,
	}
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		m := image.NewYCbCr(r, ratio)
		for _, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
			copy(plane, random(len(plane)))
		}
		all[ratio.String()] = m
	}
	return all
}

type subImager interface {
	SubImage(image.Rectangle) image.Image
}

func TestFastConversionsEqualTheDefinition(t *testing.T) {
	const seed = 7
	for name, m := range noisy(rand.New(rand.NewPCG(seed, 0))) {
		for part, m := range map[string]image.Image{
			"whole": m, "part": m.(subImager).SubImage(image.Rect(8, 8, 27, 19)),
		} {
			r := m.Bounds()
			want := tensor.NewImage(r.Dy(), r.Dx())
			fromAny(want, m, m.Bounds().Min)
			if got := From(m); !slices.Equal(got.Pix, want.Pix) {
				t.Errorf("seed %d: %s, %s: other pixels", seed, name, part)
			}
		}
	}
}

// Bands of rows are converted one by one, and a conversion ends between two of them.
func TestConversionEndsWithItsContext(t *testing.T) {
	whole := image.NewYCbCr(image.Rect(0, -3, 20, 3*bandRows), image.YCbCrSubsampleRatio420)
	all := noisy(rand.New(rand.NewPCG(7, 0)))
	all["tall"], all["another"] = whole, struct{ image.Image }{whole}
	for name, m := range all {
		bands := (m.Bounds().Dy() + bandRows - 1) / bandRows
		if _, err := FromContext(looks.After(bands), m); err != nil {
			t.Errorf("%s: %v after %d looks", name, err, bands)
		}
		if _, err := FromContext(looks.After(bands-1), m); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v after %d looks", name, err, bands-1)
		}
	}
}

func TestTallImagesEqualTheDefinition(t *testing.T) {
	s := rand.New(rand.NewPCG(7, 0))
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		for top := -2; top < 3; top++ {
			m := image.NewYCbCr(image.Rect(1, top, 20, 2*bandRows+5), ratio)
			for _, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
				for i := range plane {
					plane[i] = uint8(s.Uint32())
				}
			}
			want := tensor.NewImage(m.Rect.Dy(), m.Rect.Dx())
			fromAny(want, m, m.Rect.Min)
			if got := From(m); !slices.Equal(got.Pix, want.Pix) {
				t.Errorf("seed 7: %v, rows from %d: other pixels", ratio, top)
			}
		}
	}
}

// Rows are converted eight pixels at a time, and the rest one by one.
func TestRowsOfEveryLengthEqualTheDefinition(t *testing.T) {
	s := rand.New(rand.NewPCG(7, 0))
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		for width := range 36 {
			for left := range 3 {
				m := image.NewYCbCr(image.Rect(left, 1, left+width, 4), ratio)
				for _, plane := range [][]uint8{m.Y, m.Cb, m.Cr} {
					for i := range plane {
						plane[i] = uint8(s.Uint32())
					}
				}
				want := tensor.NewImage(m.Rect.Dy(), m.Rect.Dx())
				fromAny(want, m, m.Bounds().Min)
				if got := From(m); !slices.Equal(got.Pix, want.Pix) {
					t.Errorf("seed 7: %v, %d columns from %d: other pixels", ratio, width, left)
				}
			}
		}
	}
}

// No file begins left of 0; an image that a program draws or moves may.
func TestChromaLeftOfZeroEqualsTheDefinition(t *testing.T) {
	s := rand.New(rand.NewPCG(7, 0))
	for ratio := image.YCbCrSubsampleRatio444; ratio <= image.YCbCrSubsampleRatio410; ratio++ {
		for left := range 5 {
			m := image.NewYCbCr(image.Rect(-left, -3, 12, 9), ratio)
			for i := range m.Cb {
				m.Cb[i], m.Cr[i] = uint8(s.Uint32()), uint8(s.Uint32())
			}
			want := tensor.NewImage(m.Rect.Dy(), m.Rect.Dx())
			fromAny(want, m, m.Bounds().Min)
			if got := From(m); !slices.Equal(got.Pix, want.Pix) {
				t.Errorf("seed 7: %v from %d: other pixels", ratio, -left)
			}
		}
	}
}

func TestEveryColourOfJPEGEqualsTheDefinition(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 256, 256), image.YCbCrSubsampleRatio444)
	for i := range m.Cb {
		m.Cb[i], m.Cr[i] = uint8(i), uint8(i>>8)
	}
	for luma := range 256 {
		for i := range m.Y {
			m.Y[i] = uint8(luma)
		}
		for i, img := 0, From(m); i < 1<<16; i++ {
			r, g, b := color.YCbCrToRGB(uint8(luma), uint8(i), uint8(i>>8))
			if got := [3]uint8(img.Pix[3*i:]); got != [3]uint8{r, g, b} {
				t.Fatalf("%d %d %d: %v, want %d %d %d", luma, i&255, i>>8, got, r, g, b)
			}
		}
	}
}

func TestDefinitionPutsImagesOnWhite(t *testing.T) {
	for _, c := range []struct {
		in   color.Color
		want [3]uint8
	}{
		{color.NRGBA{200, 100, 0, 255}, [3]uint8{200, 100, 0}},
		{color.NRGBA{200, 100, 0, 0}, [3]uint8{255, 255, 255}},
		{color.NRGBA{255, 0, 255, 51}, [3]uint8{255, 204, 255}},
		{color.Gray16{0x80ff}, [3]uint8{0x80, 0x80, 0x80}},
		{color.CMYK{0, 255, 255, 0}, [3]uint8{255, 0, 0}},
	} {
		m := image.NewUniform(c.in)
		img := tensor.NewImage(1, 1)
		fromAny(img, uniform{m}, image.Point{})
		if got := [3]uint8(img.Pix); got != c.want {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}

// uniform is one pixel of a colour.
type uniform struct{ *image.Uniform }

func (uniform) Bounds() image.Rectangle { return image.Rect(0, 0, 1, 1) }

func TestReduceIsTheMeanOfBoxes(t *testing.T) {
	s := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct{ h, w, side, wantH, wantW int }{
		{31, 47, 10, 10, 15}, {35, 44, 10, 11, 14}, {10, 20, 10, 10, 20}, {19, 40, 10, 19, 40},
		{20, 40, 10, 10, 20}, {5, 5, 10, 5, 5}, {64, 64, 1, 1, 1}, {9, 9, 0, 9, 9},
	} {
		img := tensor.NewImage(c.h, c.w)
		for i := range img.Pix {
			img.Pix[i] = uint8(s.Uint32())
		}
		got := Reduce(img, c.side)
		if got.H != c.wantH || got.W != c.wantW {
			t.Errorf("%d×%d to %d: %d×%d", c.h, c.w, c.side, got.H, got.W)
			continue
		}
		if again := Reduce(got, c.side); !slices.Equal(again.Pix, got.Pix) || again.W != got.W {
			t.Errorf("%d×%d to %d: reduced again it is another image", c.h, c.w, c.side)
		}
		k := c.h / c.wantH
		top, left := (c.h-k*c.wantH)/2, (c.w-k*c.wantW)/2
		for y := range got.H {
			for x := range got.W {
				for ch := range 3 {
					sum := 0.5 * float64(k*k)
					for dy := range k {
						for dx := range k {
							sum += float64(img.At(top+y*k+dy, left+x*k+dx)[ch])
						}
					}
					if want := uint8(sum / float64(k*k)); got.At(y, x)[ch] != want {
						t.Fatalf("%d×%d to %d: pixel %d, %d is %d, want %d", c.h, c.w, c.side, y, x, got.At(y, x)[ch], want)
					}
				}
			}
		}
	}
}

func TestRGBAIsTheInverseOfFrom(t *testing.T) {
	img := tensor.NewImage(5, 7)
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 37)
	}
	m := RGBA(img)
	if got := From(m); got.H != 5 || got.W != 7 || !slices.Equal(got.Pix, img.Pix) || !m.Opaque() {
		t.Errorf("%d×%d, other pixels than %d×%d", got.W, got.H, img.W, img.H)
	}
}

func BenchmarkFrom(b *testing.B) {
	r := image.Rect(0, 0, 640, 480)
	for name, m := range map[string]image.Image{
		"YCbCr420": image.NewYCbCr(r, image.YCbCrSubsampleRatio420),
		"NRGBA":    image.NewNRGBA(r), "Gray": image.NewGray(r),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(640 * 480)
			for b.Loop() {
				From(m)
			}
		})
	}
}

func BenchmarkReduce(b *testing.B) {
	img := tensor.NewImage(480, 640)
	b.SetBytes(640 * 480)
	for b.Loop() {
		Reduce(img, 128)
	}
}
