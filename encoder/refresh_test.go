package encoder

import (
	"math"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/tiny"
)

// f1 ends in BatchNorm, with scale 1 and bias 0 at first: under statistics of the images
// themselves it has mean 0 and variance 1, whatever the statistics were before. Numbers that a random
// network has in channels that only pad are 0.
func TestRefreshedStatisticsAreThoseOfTheImages(t *testing.T) {
	images := plain(t, tiny.Shapes(t, 32, 60, data.Train))
	for _, c := range []struct {
		batch    int
		variance float64 // how far it may be from 1: eps, and batches do not see how their means differ
	}{{60, 5e-3}, {20, 0.2}} {
		e, err := New(tiny.CPU(t), tiny.Model(), Random(1))
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		other := map[string][]float32{}
		if err := e.EachStatistic(func(name string, v []float32) error {
			other[name] = make([]float32, len(v))
			for i := range v {
				other[name][i] = 1e6
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := e.SetStatistics(other); err != nil {
			t.Fatal(err)
		}
		if err := e.Refresh(t.Context(), images, RefreshConfig{Images: 1000, Batch: c.batch, Seed: 1}); err != nil {
			t.Fatal(err)
		}
		f1, err := e.Encode(t.Context(), images)
		if err != nil {
			t.Fatal(err)
		}
		n, seen := float64(f1.Len()), 0
		for j := range f1.Dim {
			var sum, square float64
			for i := range f1.Len() {
				x := float64(f1.Row(i)[j])
				sum, square = sum+x, square+x*x
			}
			mean := sum / n
			variance := (square - sum*mean) / (n - 1)
			if variance == 0 && mean == 0 {
				continue
			}
			seen++
			if math.Abs(mean) > 1e-3 || math.Abs(variance-1) > c.variance {
				t.Errorf("batches of %d: number %d has mean %.4f, variance %.4f", c.batch, j, mean, variance)
			}
		}
		if seen == 0 {
			t.Error("f1 is 0")
		}
	}
}
