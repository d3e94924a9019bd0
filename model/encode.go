package model

import (
	"fmt"
	"sync"

	"github.com/amdim/amdim/graph"
)

// Encode is the frozen encoder, with BatchNorm's running statistics. Its input
// is images, uint8 (n, px, px, 3). Its outputs are the taps, in order: f1
// (n, r), f5 and f7 (n, d, d, c), phi5 and phi7 (n, d, d, r), and, for a Config
// with a mixture, mix, its components (n, k, r); without taps, f1.
func (c Config) Encode(taps ...string) *graph.Program {
	return c.tapped("encode", graph.Running, taps)
}

// Refresh has no loss: its Step only moves the running statistics of the layers
// leading to the taps, by lr of the way to those of the batch (PAPER section 6, "Test").
// Input and outputs are those of Encode; normalisation uses the batch's statistics.
func (c Config) Refresh(taps ...string) *graph.Program {
	return c.tapped("refresh", graph.BatchUpdate, taps)
}

// tapped has the taps as outputs; without taps, f1.
func (c Config) tapped(name string, mode graph.Norm, taps []string) *graph.Program {
	if len(taps) == 0 {
		taps = []string{"f1"}
	}
	n := c.network(name, mode, 1)
	n.norm.Momentum = 1 // of the Step of Refresh
	f := n.encoder(n.images(n.Px, n.Px))
	f1 := sync.OnceValue(func() graph.ValueID { return n.vector(f[1]) })
	for _, tap := range taps {
		switch tap {
		case "f1":
			n.Output(tap, f1())
		case "f5":
			n.Output(tap, f[5])
		case "f7":
			n.Output(tap, f[7])
		case "phi5":
			n.Output(tap, n.head(5, f[5]))
		case "phi7":
			n.Output(tap, n.head(7, f[7]))
		case "mix":
			if n.Mix.K == 0 {
				panic("model: tap mix of a model without a mixture")
			}
			n.Output(tap, n.mixture(f1()))
		default:
			panic(fmt.Sprintf("model: no tap %q; there are f1, f5, f7, phi5, phi7, mix", tap))
		}
	}
	return n.Program()
}
