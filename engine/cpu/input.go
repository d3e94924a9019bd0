package cpu

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// input says where a tensor of the caller goes.
type input struct {
	name   string
	buf    int
	attr   graph.Input
	lo, hi int32 // labels and indices lie in [lo, hi)
}

func (pl *planner[E]) lowerInput(op graph.Op, a graph.Input) {
	v := pl.p.Values[op.Out[0]]
	b := buffer[E]{op: op.Name, rows: v.Shape[0], cols: v.Shape[len(v.Shape)-1]}
	n := tensor.Size(v.Shape)
	if a.DType == tensor.Int32 {
		b.i32 = make([]int32, n)
	} else {
		b.x = make([]E, n)
	}
	pl.bufOf[op.Out[0]] = len(pl.e.bufs)
	pl.e.inputs = append(pl.e.inputs, input{op.Name, len(pl.e.bufs), a, math.MinInt32, math.MaxInt32})
	pl.e.bufs = append(pl.e.bufs, b)
}

// limit records that an operation takes integers in [lo, hi) from v.
func (pl *planner[E]) limit(v graph.ValueID, lo, hi int) {
	for i := range pl.e.inputs {
		if in := &pl.e.inputs[i]; in.buf == pl.bufOf[v] {
			in.lo, in.hi = max(in.lo, int32(lo)), min(in.hi, int32(hi))
		}
	}
}

// check reports the first integer out of range.
func (in *input) check(p *graph.Program, t tensor.Tensor) error {
	for row, x := range t.I32 {
		if x < in.lo || x >= in.hi {
			return fmt.Errorf("cpu: %s: input %s: %d in row %d, need %d to %d",
				p.Name, in.name, x, row, in.lo, in.hi-1)
		}
	}
	return nil
}

// load converts a tensor of the caller; bytes become (x/255 − mean)/std.
func (e *exec[E]) load(in *input, t tensor.Tensor) {
	b := &e.bufs[in.buf]
	switch in.attr.DType {
	case tensor.Int32:
		copy(b.i32, t.I32)
	case tensor.Float32:
		e.chunks(len(b.x), func(lo, hi int) { e.k.Narrow(b.x[lo:hi], t.F32[lo:hi]) })
	case tensor.Uint8:
		e.normalise(b, in.attr, t.U8)
	}
}

func (e *exec[E]) normalise(b *buffer[E], a graph.Input, pix []uint8) {
	c := len(a.Mean)
	table := make([]E, 256*c) // value of byte v in channel i at v·c + i
	wide := make([]float32, 256*c)
	for v := range 256 {
		for i := range c {
			wide[v*c+i] = (float32(v)/255 - a.Mean[i]) / a.Std[i]
		}
	}
	e.k.Narrow(table, wide)
	row := len(pix) / b.rows
	e.pool.For(b.rows, func(_, n int) {
		src, dst := pix[n*row:(n+1)*row], b.x[n*row:(n+1)*row]
		for i := 0; i < len(src); i += c {
			for j := range c {
				dst[i+j] = table[int(src[i+j])*c+j]
			}
		}
	})
}
