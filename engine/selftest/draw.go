package selftest

import (
	"hash/fnv"
	"math"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// inputs draws images, labels (some unknown), locations and dropout masks.
func inputs(p *graph.Program) []tensor.Tensor {
	in := engine.Inputs(p)
	for i, id := range p.Inputs {
		name := p.Values[id].Name
		s, x := stream(name), in[i]
		for j := range x.U8 {
			x.U8[j] = uint8(s.IntN(256))
		}
		for j := range x.F32 {
			x.F32[j] = float32(s.IntN(2))
		}
		for j := range x.I32 {
			if name == "labels" {
				x.I32[j] = int32(s.IntN(classes+1) - 1)
			} else { // the smallest map has 5×5 locations
				x.I32[j] = int32(s.IntN(25))
			}
		}
	}
	return in
}

// variable draws a variable by its rule, but never all zeros or all ones: at the
// initial values half of the gradients are exactly zero and would hide a wrong backward.
func variable(v graph.Var) []float32 {
	s, centre := stream(v.Name), 0.0
	switch {
	case v.Init.Rule == graph.One:
		v.Init, centre = graph.Uniform(0.5), 1
	case v.Init.Rule == graph.Zero && len(v.Shape) > 1:
		v.Init = graph.FanIn()
	case v.Init.Rule == graph.Zero:
		v.Init = graph.Uniform(0.5)
	}
	w := make([]float32, tensor.Size(v.Shape))
	v.Fill(w, func(lo, hi float64) float64 { return float64(short(centre + s.Uniform(lo, hi))) })
	return w
}

// stream belongs to one input or variable.
func stream(name string) rng.Stream {
	h := fnv.New32a()
	h.Write([]byte(name))
	return rng.New(1, 0, int(h.Sum32()), rng.Sample)
}

// short cuts x to the 8 significant bits of bfloat16: an engine that multiplies in it is
// judged by what it computes, not by what it is given.
func short(x float64) float32 {
	return math.Float32frombits(math.Float32bits(float32(x)) &^ 0xffff)
}
