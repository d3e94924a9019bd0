package selftest

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

// Network is a network that is small enough for float64 loops.
type Network struct {
	Name   string
	Config model.Config
	Pairs  int // of the batch
}

// classes of the online probes.
const classes = 10

// Networks returns what is compared: every resolution, and the parts that only some
// networks have. Widths are no multiples of 32, which is how wide a kernel's panels are.
func Networks() []Network {
	of := func(px, ndf, rkhs, depth int) model.Config {
		return model.Config{
			Px: px, NDF: ndf, NRKHS: rkhs, NDepth: depth, Lambda: 4e-2, TClip: 20,
			Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
		}
	}
	mixture, norm := of(32, 12, 56, 1), of(32, 12, 56, 1)
	mixture.Mix = model.Mix{K: 4, Tau: 2}
	norm.UseBN = true
	return []Network{
		{"32 px", of(32, 20, 104, 2), 8},
		{"64 px", of(64, 10, 88, 1), 8},
		{"128 px", of(128, 6, 56, 1), 8},
		{"mixture", mixture, 12},
		{"use_bn", norm, 12},
	}
}

// step is the training step, bound to the batch.
func (n Network) step() (*graph.Program, error) {
	if err := n.Config.Validate(); err != nil {
		return nil, err
	}
	return n.Config.Pretrain(classes).Bind(2*n.Pairs, 0, 0)
}
