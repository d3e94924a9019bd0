package train

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// q is (images, 1, locations, 2) with the probabilities p of the first component.
func q(images int, p ...float32) tensor.Tensor {
	x := tensor.NewFloat32(images, 1, len(p)/images, 2)
	for i, v := range p {
		x.F32[2*i], x.F32[2*i+1] = v, 1-v
	}
	return x
}

func TestMixtureOfWorkedNumbers(t *testing.T) {
	pool := parallel.New(2)
	defer pool.Close()
	h := func(p float64) float64 { return entropy([]float64{p, 1 - p}) }
	for _, c := range []struct {
		name string
		q    tensor.Tensor
		want Mixture
	}{
		{"each location another", q(2, 1, 0, 1, 0), Mixture{0, math.Ln2, math.Ln2, []float64{0.5, 0.5}, 1}},
		{"each image another", q(2, 1, 1, 0, 0), Mixture{0, math.Ln2, math.Ln2, []float64{0.5, 0.5}, 0}},
		{"one for all", q(2, 1, 1, 1, 1), Mixture{0, 0, 0, []float64{1, 0}, 0}},
		{"none is sure", q(2, 0.5, 0.5, 0.5, 0.5), Mixture{math.Ln2, math.Ln2, 0, []float64{1, 0}, 0}},
		{"in between", q(2, 0.75, 0.25, 0.75, 0.75),
			Mixture{h(0.75), h(0.625), h(0.625) - h(0.75), []float64{0.75, 0.25}, 0.5}},
	} {
		got := mixtureOf(c.q, pool)
		for i, pair := range [][2]float64{
			{got.Entropy, c.want.Entropy}, {got.MeanEntropy, c.want.MeanEntropy},
			{got.Information, c.want.Information}, {got.Several, c.want.Several},
		} {
			if !(math.Abs(pair[0]-pair[1]) <= 1e-6) {
				t.Errorf("%s: figure %d is %g, want %g", c.name, i, pair[0], pair[1])
			}
		}
		if !slices.Equal(got.Usage, c.want.Usage) {
			t.Errorf("%s: usage %v, want %v", c.name, got.Usage, c.want.Usage)
		}
	}
}

// Seventy images are five parts, the last one short.
func TestAMixtureIsTheSameOnAnyNumberOfThreads(t *testing.T) {
	x := tensor.NewFloat32(70, 4, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i*i%97) / 97
	}
	var want Mixture
	for _, threads := range []int{1, 2, 5} {
		pool := parallel.New(threads)
		got := mixtureOf(x, pool)
		pool.Close()
		if threads == 1 {
			want = got
			all, _ := tally(x.F32, 12, 3)
			if !(math.Abs(got.Entropy-all.Entropy/280) <= 1e-12) || got.Several != all.Several/70 {
				t.Errorf("in parts %+v, sums of all %+v", got, all)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d threads: %+v, want %+v", threads, got, want)
		}
	}
}

// The record holds means over the updates since the last, and a run without a
// mixture the fields that it had.
func TestARecordHoldsItsMixtures(t *testing.T) {
	c := model.Config{Px: 32, NDF: 1, NRKHS: 4, NDepth: 1, TClip: 20, Std: [3]float64{1, 1, 1}}
	pool := parallel.New(1)
	defer pool.Close()
	c.Pairs = []model.Pair{{From: 1, To: 5}}
	plain := newWindow(c.Pretrain(0), c.Tasks(), 2, 0, pool)
	plain.steps = 1
	line, err := json.Marshal(plain.record(1, 1, tensor.NewFloat32(1, 1), 0))
	if err != nil || strings.Contains(string(line), "mix") {
		t.Errorf("%s, %v", line, err)
	}

	c.Mix.K = 2
	p, err := c.Pretrain(0).Bind(4, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	w, f1 := newWindow(p, c.Tasks(), 2, 0, pool), tensor.NewFloat32(1, 1)
	out := engine.Outputs(p)
	update := func(p float32) {
		for i := range out[0].F32 { // q.1-5
			out[0].F32[i] = (1 - p) + float32(1-i%2)*(2*p-1)
		}
		w.add(out, engine.StepStats{}, 0)
	}
	update(1)
	update(0)
	m := w.record(2, 1, f1, 0).Tasks["1-5"].Mix
	if m == nil || !slices.Equal(m.Usage, []float64{0.5, 0.5}) || m.MeanEntropy > 1e-6 {
		t.Errorf("mean of two updates: %+v", m)
	}
	update(1)
	if m := w.record(3, 1, f1, 0).Tasks["1-5"].Mix; !(math.Abs(m.Usage[0]-1) <= 1e-6) {
		t.Errorf("the next record holds %+v", m)
	}
}
