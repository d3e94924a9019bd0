package train

import (
	"math"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// draws returns copies of location5 and mask1 for a batch of the given images.
func draws(t *testing.T, epoch int, images ...int) (location []int32, mask []float32, width int) {
	t.Helper()
	task := tinyTask(t, 1)
	p, err := task.Model.Pretrain(3).Bind(2*len(images), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	pool := parallel.New(2)
	defer pool.Close()
	in := newInputs(p, task.Train.Seed, pool).of(&data.Batch{
		Cursor: data.Cursor{Epoch: epoch}, Indices: images,
		Views: tensor.NewUint8(2*len(images), 32, 32, 3), Labels: tensor.NewInt32(2 * len(images)),
	})
	m := in[p.Input("mask2")]
	return in[p.Input("location5")].I32, m.F32, m.Shape[1]
}

func TestDrawsDependOnTheImageNotItsPlace(t *testing.T) {
	l, m, w := draws(t, 3, 10, 11, 12)
	l2, m2, _ := draws(t, 3, 12, 5, 6)
	if l[2] != l2[0] || l[5] != l2[3] {
		t.Errorf("locations of image 12: %d %d and %d %d", l[2], l[5], l2[0], l2[3])
	}
	for j := range w {
		if m[2*w+j] != m2[j] || m[5*w+j] != m2[3*w+j] {
			t.Fatalf("masks of image 12 differ at %d", j)
		}
	}
}

func TestDrawsDifferByImageViewAndEpoch(t *testing.T) {
	_, m, w := draws(t, 0, 10, 11)
	_, later, _ := draws(t, 1, 10, 11)
	rows := [][]float32{m[:w], m[w : 2*w], m[2*w : 3*w], later[:w]}
	for i := range rows {
		for j := range i {
			same := 0
			for k := range w {
				if rows[i][k] == rows[j][k] {
					same++
				}
			}
			// Two independent masks agree with probability .8² + .2² = .68; six deviations.
			if limit := 0.68*float64(w) + 6*math.Sqrt(0.68*0.32*float64(w)); float64(same) > limit {
				t.Errorf("rows %d and %d agree in %d of %d entries", i, j, same, w)
			}
		}
	}
}

// PAPER 1.5: an antecedent is drawn fresh each step, independently per image and view.
func TestLocationsDifferByImageViewAndEpoch(t *testing.T) {
	const n = 1000
	images := make([]int, n)
	for i := range images {
		images[i] = i
	}
	now, _, _ := draws(t, 0, images...)
	later, _, _ := draws(t, 1, images...)
	for _, c := range []struct {
		name string
		a, b []int32
	}{
		{"images", now[:n-1], now[1:n]}, {"views", now[:n], now[n:]},
		{"epochs, view 1", now[:n], later[:n]}, {"epochs, view 2", now[n:], later[n:]},
	} {
		same := 0.0
		for i := range c.a {
			if c.a[i] == c.b[i] {
				same++
			}
		}
		want := float64(len(c.a)) / 25 // of 5×5 locations, if independent; five deviations
		if !(math.Abs(same-want) <= 5*math.Sqrt(want*24/25)) {
			t.Errorf("%s: %g of %d locations are the same, want about %g", c.name, same, len(c.a), want)
		}
	}
}

func TestDrawsAreUniform(t *testing.T) {
	images := make([]int, 1000)
	for i := range images {
		images[i] = i
	}
	l, m, _ := draws(t, 0, images...)
	count := [25]float64{}
	for _, at := range l {
		count[at]++
	}
	for at, n := range count { // 80 expected; five deviations
		if !(math.Abs(n-80) <= 5*math.Sqrt(80)) {
			t.Errorf("location %d drawn %g times of %d", at, n, len(l))
		}
	}
	kept := 0.0
	for _, x := range m {
		kept += float64(x)
	}
	if share := kept / float64(len(m)); !(math.Abs(share-0.8) <= 5*math.Sqrt(0.16/float64(len(m)))) {
		t.Errorf("%.4f of the mask is kept, want 0.8", share)
	}
}

// BenchmarkInputs draws for one batch of 128 pairs, 32 px, 64/512/3, in one thread.
func BenchmarkInputs(b *testing.B) {
	const n = 128
	task := tinyTask(b, 1)
	task.Model.NDF, task.Model.NRKHS, task.Model.NDepth = 64, 512, 3
	p, err := task.Model.Pretrain(10).Bind(2*n, 0, 0)
	if err != nil {
		b.Fatal(err)
	}
	pool := parallel.New(1)
	defer pool.Close()
	in := newInputs(p, 1, pool)
	batch := &data.Batch{
		Indices: make([]int, n), Views: tensor.NewUint8(2*n, 32, 32, 3), Labels: tensor.NewInt32(2 * n),
	}
	for b.Loop() {
		in.of(batch)
		batch.Epoch++
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/pair")
}
