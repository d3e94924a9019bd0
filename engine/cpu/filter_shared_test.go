package cpu

import (
	"testing"

	"github.com/amdim/amdim/internal/kernel"
)

// Offsets are int32, and rows of a whole batch may lie further apart than one holds.
func TestOffsetsStartWithTheirRows(t *testing.T) {
	e := &exec[float32]{k: kernel.Sets()[0].F32}
	rows, out := 2*e.k.Depth+7, 5
	g := geometry{n: rows, h: 1, w: 1, c: 32, k: 1, oh: 1, ow: 1, out: out}
	f := &filter[float32]{geometry: g, sums: g.sumShape()}
	f.offs = f.offsets(e.k.Depth)
	x, dy := make([]float32, rows*g.c), make([]float32, rows*out)
	for i := range dy {
		dy[i], x[i/out*g.c] = float32(i), 1
	}
	var s scratch[float32]
	sum := make([]float32, f.sums.len())
	f.blockGradient(e, &s, sum, x, dy, rows, block{span{0, f.sums.panels}, span{0, 1}}, false)
	for j := range out {
		want := float32(rows*(rows-1)/2*out + rows*j)
		if sum[j] != want {
			t.Errorf("column %d: %g, want %g", j, sum[j], want)
		}
	}
	if last := s.off[len(s.off)-1]; last != int32((len(s.off)-1)*out) || len(s.off) > e.k.Depth {
		t.Errorf("the last of %d offsets is %d: not from the first of its rows", len(s.off), last)
	}
}

func TestCutsPackLittle(t *testing.T) {
	for _, c := range []struct {
		name    string
		g       geometry
		want    cuts
		comment string
	}{
		{"1×1, 256", geometry{n: 256, h: 7, w: 7, c: 256, k: 1, stride: 1, oh: 7, ow: 7, out: 256},
			cuts{16, 1, 1}, "each part whole"},
		{"1×1, 512", geometry{n: 256, h: 7, w: 7, c: 512, k: 1, stride: 1, oh: 7, ow: 7, out: 512},
			cuts{8, 2, 1}, "few parts of larger sums"},
		{"1×1, 1024", geometry{n: 256, h: 7, w: 7, c: 1024, k: 1, stride: 1, oh: 7, ow: 7, out: 1024},
			cuts{2, 4, 2}, "two parts"},
		{"3×3, 256 to 512", geometry{n: 256, h: 7, w: 7, c: 256, k: 3, stride: 1, oh: 5, ow: 5, out: 512},
			cuts{1, 16, 1}, "windows are not packed twice"},
		{"linear", geometry{n: 256, h: 1, w: 1, c: 1024, k: 1, stride: 1, oh: 1, ow: 1, out: 10},
			cuts{1, 16, 1}, "too few rows for parts"},
	} {
		f := filter[float32]{geometry: c.g, sums: c.g.sumShape()}
		if got := f.cuts(256); got != c.want {
			t.Errorf("%s: %+v, want %+v: %s", c.name, got, c.want, c.comment)
		}
	}
}
