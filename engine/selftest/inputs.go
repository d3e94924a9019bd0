package selftest

import (
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// seed of everything that is drawn.
const seed = 1

// inputs draws images, labels (some unknown), locations and dropout masks.
func inputs(p *graph.Program) []tensor.Tensor {
	in := engine.Inputs(p)
	for i, id := range p.Inputs {
		name := p.Values[id].Name
		s, x := sample.Stream(seed, name), in[i]
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
