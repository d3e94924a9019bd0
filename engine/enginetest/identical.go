package enginetest

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
)

// Identical tests that two engines give the same bytes in every case of the
// table: outputs, gradients and two updates. Engines with one and with seven
// threads must.
func Identical(t *testing.T, a, b engine.Engine, seed uint64) {
	for _, c := range table() {
		t.Run(c.name, func(t *testing.T) {
			tr := c.trial(seed)
			identical(t, tr, open(t, a, tr, adam), open(t, b, tr, adam))
		})
	}
}

func identical(t *testing.T, tr *trial, a, b *side) {
	t.Helper()
	a.forward(t)
	b.forward(t)
	sameOutputs(t, "forward", a, b)
	sameGradients(t, tr.p, a.grad(t), b.grad(t))
	sameOutputs(t, "grad", a, b)
	for range 2 {
		if x, y := a.step(t, lr), b.step(t, lr); x != y {
			t.Errorf("seed %d: gradient norms %g and %g", tr.seed, x, y)
		}
		sameOutputs(t, "step", a, b)
		sameEntries(t, "one of two equal steps", a.entries(t), b.entries(t))
	}
}

func sameOutputs(t *testing.T, call string, a, b *side) {
	t.Helper()
	for i, o := range a.tr.p.Outputs {
		if !sample.SameBits(a.out[i].F32, b.out[i].F32) {
			t.Errorf("seed %d: %s: bytes of output %s differ", a.tr.seed, call, o.Name)
		}
	}
}

func sameGradients(t *testing.T, p *graph.Program, a, b map[string][]float32) {
	t.Helper()
	for _, v := range p.Vars {
		if v.Trainable && !sample.SameBits(a[v.Name], b[v.Name]) {
			t.Errorf("bytes of the gradient by %s differ", v.Name)
		}
	}
}
