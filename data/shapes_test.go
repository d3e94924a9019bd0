package data

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

func TestShapesDependOnSeedSplitAndIndexOnly(t *testing.T) {
	all, some, held := shapes(t, 50, Train), shapes(t, 20, Train), shapes(t, 50, Test)
	for i := range some.Len() {
		if !slices.Equal(all.image(i).Pix, some.image(i).Pix) {
			t.Errorf("picture %d changes with the number of pictures", i)
		}
		if slices.Equal(all.image(i).Pix, held.image(i).Pix) {
			t.Errorf("picture %d is the same in train and test", i)
		}
	}
	if all.Digest() != shapes(t, 50, Train).Digest() {
		t.Error("the same split has two digests")
	}
	c := all.config
	c.Seed = 1
	other, err := NewShapes(c, Train)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Shapes{"fewer pictures": some, "test": held, "seed 1": other} {
		if s.Digest() == all.Digest() {
			t.Errorf("%s: same digest", name)
		}
	}
}

// Sizes beyond 512 take another path in the rasteriser.
func TestMaskCoversTheObject(t *testing.T) {
	var b brush
	for _, size := range []int{8, 32, 33, 520} {
		for class, c := range silhouettes {
			stream := rng.New(1, size, class, rng.Generate)
			object := drawScene(&stream, class).object.outline
			mask := b.mask(object, size, size)
			for i := 0; i < len(mask); i += 1 + len(mask)/1000 {
				share := sampled(object, i/size, i%size, size)
				// 64 points on either side of an edge tell its share to 0.1.
				if mask[i] > 1 || (mask[i] == 1) != (share >= 0.5) && !(math.Abs(share-0.5) <= 0.1) {
					t.Errorf("size %d, %s, pixel %d: mask %d where the object covers %.2f",
						size, c.name, i, mask[i], share)
				}
			}
		}
	}
}

// sampled is the share of 8×8 points of a pixel that lie in s.
func sampled(s silhouette, row, column, size int) float64 {
	const n = 8
	inside := 0
	for k := range n * n {
		x := float64(column) + (float64(k%n)+0.5)/n
		y := float64(row) + (float64(k/n)+0.5)/n
		if s.contains(point{x / float64(size), y / float64(size)}) {
			inside++
		}
	}
	return float64(inside) / (n * n)
}

// contains is the even-odd rule.
func (s silhouette) contains(p point) bool {
	in := false
	for _, outline := range s {
		for i, a := range outline {
			b := outline[(i+1)%len(outline)]
			if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
				in = !in
			}
		}
	}
	return in
}

// A class must not show in the object's area or in the colours: its mean may be
// five standard errors of 200 pictures from the mean of all.
func TestClassesDifferInNothingButShape(t *testing.T) {
	const n = 2000
	s := shapes(t, n, Train)
	for name, statistic := range map[string]func(i int) float64{
		"area":       func(i int) float64 { return sum(s.Mask(i)) },
		"brightness": func(i int) float64 { return sum(s.image(i).Pix) },
		"redness":    func(i int) float64 { return redness(s.image(i)) },
	} {
		var mean, square float64
		of := make([]float64, len(s.Classes()))
		for i := range n {
			v := statistic(i)
			mean += v / n
			square += v * v / n
			of[s.Label(i)] += v / float64(n/len(of))
		}
		for class, m := range of {
			if d := math.Abs(m-mean) / math.Sqrt(square-mean*mean); !(d <= 0.35) {
				t.Errorf("%s tells %s: its mean is %.2f deviations off", name, s.Classes()[class], d)
			}
		}
	}
}

func redness(img tensor.Image) float64 {
	total := 0.0
	for i := 0; i < len(img.Pix); i += 3 {
		total += float64(img.Pix[i]) - float64(img.Pix[i+1])
	}
	return total
}

func sum(v []uint8) float64 {
	total := 0.0
	for _, x := range v {
		total += float64(x)
	}
	return total
}

func TestObjectsAreLargeAndVisible(t *testing.T) {
	s := shapes(t, 1000, Train)
	for i := range s.Len() {
		mask, img := s.Mask(i), s.image(i)
		area := sum(mask) / float64(len(mask))
		if !(0.11 <= area && area <= 0.3) {
			t.Errorf("picture %d, %s: object covers %.2f of it", i, s.Classes()[s.Label(i)], area)
		}
		var luma, count [2]float64
		for j, m := range mask {
			p := img.Pix[3*j:]
			luma[m] += 0.299*float64(p[0]) + 0.587*float64(p[1]) + 0.114*float64(p[2])
			count[m]++
		}
		if gap := math.Abs(luma[1]/count[1]-luma[0]/count[0]) / 255; !(gap >= 0.16) {
			t.Errorf("picture %d, %s: object and ground differ by %.2f in luma", i, s.Classes()[s.Label(i)], gap)
		}
	}
}

func BenchmarkShapes(b *testing.B) {
	c := DefaultShapes()
	c.Train = 1000
	for b.Loop() {
		if _, err := NewShapes(c, Train); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(c.Train)*float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
}
