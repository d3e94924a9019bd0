package cpu

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/kernel"
)

// What is added to all columns is added in whichever groups these are multiplied.
func TestColumnsInGroupsAreThoseOfOneProduct(t *testing.T) {
	for _, s := range kernel.Sets() {
		t.Run(s.Name, func(t *testing.T) { testColumnsInGroups(t, s) })
	}
}

func testColumnsInGroups(t *testing.T, set *kernel.Set) {
	const rows, depth, out = 5, 600, 3 * kernel.PanelCols // beyond every KBlock
	pool := newWorkers(1)
	defer pool.Close()
	e := &exec[float32]{k: set.F32, pool: pool}
	f := &filter[float32]{geometry: geometry{n: rows, h: 1, w: 1, c: depth, k: 1, oh: 1, ow: 1, out: out}}
	f.depthK, f.forw.version = e.k.RoundK(depth), -1
	f.weight, f.bias = &variable{w: make([]float32, depth*out)}, &variable{w: make([]float32, out)}
	a, add := make([]float32, rows*f.depthK), make([]float32, rows*out)
	for k, x := range [][]float32{f.weight.w, f.bias.w, a, add} {
		for i := range x {
			x[i] = float32((i*(7+k))%13 - 6)
		}
	}
	f.packForward(e)
	for _, addCols := range []int{0, out, kernel.PanelCols + 4} {
		var s scratch[float32]
		ep := kernel.Epilogue[float32]{Add: add, LdAdd: out, AddCols: addCols}
		want, got := make([]float32, rows*out), make([]float32, rows*out)
		f.multiply(e, &s, want, a, f.depthK, rows, f.all(), ep)
		for g := range 3 {
			f.multiply(e, &s, got, a, f.depthK, rows, span{g, g + 1}, ep)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d columns added: %v, want %v", addCols, got, want)
		}
	}
}
