//go:build !noasm

package kernel

import (
	"math/rand/v2"
	"testing"
)

// The other tests of the amx set run where AMX is emulated, which may be beside AVX2.
func TestTurnedStepsHaveTheirElementsInPlace(t *testing.T) {
	if !hasAVX512() {
		t.Skip("this processor has no AVX-512")
	}
	r := rand.New(rand.NewPCG(23, 24))
	src := newGuarded[BF16](64 * 70)
	for i := range src.x {
		src.x[i] = BF16(r.Uint32())
	}
	for _, rows := range []int{1, 31, 32, 33, 64, 70} {
		off := make([]int32, rows)
		for i := range off {
			off[i] = int32(r.IntN(len(src.x) - PanelCols + 1))
		}
		off[0], off[rows-1] = 0, int32(len(src.x)-PanelCols)
		dst := newGuarded[BF16](rows / amxK * amxTile)
		if got := packTurned(dst.x, src.x, off, PanelCols); got != rows/amxK*amxK {
			t.Fatalf("%d of %d rows were packed", got, rows)
		}
		dst.intact(t, "turned steps")
		for i, got := range dst.x {
			p, col := i/amxTile*amxK+i%amxK, i%amxTile/amxK
			if want := src.x[int(off[p])+col]; got != want {
				t.Fatalf("%d rows: row %d column %d is %#x, want %#x", rows, p, col, got, want)
			}
		}
	}
	if packTurned(nil, src.x, make([]int32, 64), PanelCols-1) != 0 {
		t.Error("a panel that is not whole was packed")
	}
}
