package survey

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// scene is a picture of w×h pixels that another seed makes another one of: waves of
// all directions and colours, the long ones strong as in photographs. at cuts: pixel
// (x, y) shows the point at(x, y) of the unit square.
func scene(seed uint64, w, h int, at func(x, y float64) (float64, float64)) tensor.Image {
	s := rng.New(seed, 0, 0, rng.Generate)
	var waves [24][6]float64 // frequencies, phase, strength in red, green and blue
	for i := range waves {
		f := 1 + float64(i)/3
		angle := s.Uniform(0, 2*math.Pi)
		waves[i] = [6]float64{f * math.Cos(angle), f * math.Sin(angle), s.Uniform(0, 2*math.Pi)}
		for c := 3; c < 6; c++ {
			waves[i][c] = s.Uniform(10, 60) / f
		}
	}
	img := tensor.NewImage(h, w)
	for i := range h * w {
		x, y := at((float64(i%w)+0.5)/float64(w), (float64(i/w)+0.5)/float64(h))
		rgb := [3]float64{128, 128, 128}
		for _, v := range waves {
			r := math.Sin(2*math.Pi*(v[0]*x+v[1]*y) + v[2])
			for c := range rgb {
				rgb[c] += v[3+c] * r
			}
		}
		for c, v := range rgb {
			img.Pix[i*3+c] = uint8(max(0, min(255, v)))
		}
	}
	return img
}

func whole(x, y float64) (float64, float64) { return x, y }

// cropped cuts a share off every edge.
func cropped(share float64) func(x, y float64) (float64, float64) {
	return func(x, y float64) (float64, float64) {
		return share + x*(1-2*share), share + y*(1-2*share)
	}
}

func mapped(img tensor.Image, f func(v float64) float64) tensor.Image {
	out := tensor.NewImage(img.H, img.W)
	for i, v := range img.Pix {
		out.Pix[i] = uint8(max(0, min(255, f(float64(v)))))
	}
	return out
}

// encoded is img after a JPEG file.
func encoded(t *testing.T, img tensor.Image, quality int) tensor.Image {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, img.W, img.H))
	for i := range img.H * img.W {
		copy(m.Pix[4*i:], []uint8{img.Pix[3*i], img.Pix[3*i+1], img.Pix[3*i+2], 255})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	out, err := imagefile.Decode(b.Bytes(), imagefile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSignatureRecognisesCopies(t *testing.T) {
	var others []signature
	for seed := range uint64(8) {
		others = append(others, sign(scene(100+seed, 120, 90, whole)))
	}
	for seed := range uint64(8) {
		img := scene(seed, 120, 90, whole)
		of := sign(img)
		for name, other := range map[string]tensor.Image{
			"JPEG of quality 30": encoded(t, img, 30),
			"half the size":      scene(seed, 60, 45, whole),
			"other proportions":  scene(seed, 50, 50, whole),
			"smaller than grid":  scene(seed, 24, 20, whole),
			"brighter":           mapped(img, func(v float64) float64 { return v*1.1 + 15 }),
			"darker":             mapped(img, func(v float64) float64 { return 0.7 * v }),
			"2 % cut off":        scene(seed, 110, 90, cropped(0.02)),
		} {
			s := sign(other)
			if d := of.distance(&s); d >= nearBound {
				t.Errorf("seed %d, %s: distance %.3f", seed, name, d)
			}
		}
		for k := range others {
			if d := of.distance(&others[k]); d < 2*nearBound {
				t.Errorf("seeds %d and %d: distance %.3f of different pictures", seed, 100+k, d)
			}
		}
	}
}

func TestSignatureOfNothingToSeeIsFlat(t *testing.T) {
	noise := flat(40, 50, 90, 90, 90)
	for i := range noise.Pix {
		noise.Pix[i] += uint8(i % 3)
	}
	for name, img := range map[string]tensor.Image{"one colour": flat(3, 2, 7, 80, 200), "faint": noise} {
		if !sign(img).flat {
			t.Errorf("%s is compared", name)
		}
	}
	if sign(scene(1, 9, 7, whole)).flat {
		t.Error("a scene is flat")
	}
}

func TestSharesFillEachCellOnce(t *testing.T) {
	for n := 1; n < 100; n++ {
		var sums [gridSide]float64
		for _, s := range shares(n) {
			sums[s.cell] += float64(s.part)
		}
		for c, sum := range sums {
			if !(math.Abs(sum-1) <= 1e-5) {
				t.Errorf("%d pixels: cell %d has %g", n, c, sum)
			}
		}
	}
}
