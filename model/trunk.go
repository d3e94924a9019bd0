package model

import (
	"sync"

	"github.com/amdim/amdim/graph"
)

// Trunk is the frozen encoder up to f7, on images of any size, uint8 (n, h, w, 3):
// none of its layers pads except the first at 128 px, so a larger image gives more
// locations with the same receptive field (PAPER 4.5). Its outputs are the taps:
// f7 (n, y, x, c) and phi7 (n, y, x, r); y and x are Grid.Count of h and w.
func (c Config) Trunk(taps ...string) *graph.Program {
	n := c.network("trunk", graph.Running, 1)
	f7 := n.images(graph.Any, graph.Any)
	for i, l := range n.layers() {
		f7 = n.layer(i, l, f7)
		if l.size == 7 {
			break
		}
	}
	phi7 := sync.OnceValue(func() graph.ValueID { return n.head(7, f7) })
	for _, tap := range taps {
		switch tap {
		case "f7":
			n.Output(tap, f7)
		case "phi7":
			n.Output(tap, phi7())
		default:
			panic("model: no tap " + tap + " of the trunk; there are f7, phi7")
		}
	}
	return n.Program()
}

// Grid says where in an image the locations of f7 lie, along either side.
type Grid struct {
	Field  int     // pixels that a location sees
	Stride int     // pixels from one location to the next
	First  float64 // the centre of the first one, in pixels from the centre of pixel 0
	steps  []layer
}

// Grid is that of the network's trunk.
func (c Config) Grid() Grid {
	g := Grid{Field: 1, Stride: 1}
	for _, l := range c.layers() {
		g.First += (float64(l.k-1)/2 - float64(l.pad)) * float64(g.Stride)
		g.Field += (l.k - 1) * g.Stride
		g.Stride *= l.stride
		g.steps = append(g.steps, l)
		if l.size == 7 {
			break
		}
	}
	return g
}

// Count is the number of locations along a side of that many pixels; below 1:
// the side is shorter than what a location sees.
func (g Grid) Count(side int) int {
	for _, l := range g.steps {
		if side += 2*l.pad - l.k; side < 0 {
			return 0
		}
		side = side/l.stride + 1
	}
	return side
}
