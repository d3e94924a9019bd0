package cpu

import (
	"testing"

	"github.com/amdim/amdim/internal/kernel"
)

// Offsets are int32, and rows of a whole batch may lie further apart than one holds.
func TestOffsetsStartWithTheirChunk(t *testing.T) {
	const first, rows, out = 300, 7, 5
	e := &exec[float32]{k: kernel.Sets()[0].F32}
	g := geometry{n: first + rows, h: 1, w: 1, c: 32, k: 1, oh: 1, ow: 1, out: out}
	f := &filter[float32]{geometry: g, sums: g.sumShape()}
	dy := make([]float32, f.n*out)
	for i := range dy {
		dy[i] = float32(i)
	}
	var s scratch[float32]
	var buf []float32
	c := f.newOperands(e, &buf, first, rows)
	f.packChunk(e, &s, c, nil, dy, 0, 0)
	for r := range rows {
		for j := range out {
			if got, want := c.right[r*kernel.PanelCols+j], dy[(first+r)*out+j]; got != want {
				t.Fatalf("row %d of the chunk, column %d: packed %g, want %g", r, j, got, want)
			}
		}
	}
	if last := s.off[rows-1]; last != (rows-1)*out {
		t.Errorf("the last offset is %d, want %d: of the chunk alone", last, (rows-1)*out)
	}
}
