package cpu

import (
	"slices"

	"github.com/amdim/amdim/internal/kernel"
)

// successor is a node whose input's gradient can take over the memory of its value's.
type successor interface {
	// handsOver is the edge to that input, nil for none. Backward must have
	// nothing to write along other edges to the same buffer.
	handsOver() *edge
}

// allocate gives every buffer its memory. Without a loss, values live from the
// node that makes them to their last reader. With one, all values are kept for
// backward, where their memory, and that of used gradients, is reused.
func (pl *planner[E]) allocate() {
	if len(pl.p.Loss) == 0 {
		pl.allocateForward()
		return
	}
	for i := range pl.e.bufs {
		if b := &pl.e.bufs[i]; b.x == nil && !b.local && b.size > 0 {
			b.x = make([]E, b.size)
		}
	}
	pl.allocateGradients()
}

func (pl *planner[E]) allocateForward() {
	last := make([]int, len(pl.e.bufs)) // node that needs a buffer last
	for i, n := range pl.e.nodes {
		for _, v := range n.values() {
			last[v] = i
		}
		for _, in := range n.inputs() {
			last[in.buf] = i
		}
	}
	for _, o := range pl.p.Outputs {
		last[pl.bufOf[o.Value]] = len(pl.e.nodes)
	}
	var free arena[E]
	made := map[int]bool{}
	for i, n := range pl.e.nodes {
		for _, v := range n.values() {
			if b := &pl.e.bufs[v]; b.x == nil && !b.local && b.size > 0 {
				b.x = free.take(b.size)
				made[v] = true
			}
		}
		for v := range pl.e.bufs {
			if made[v] && last[v] == i {
				free.give(pl.e.bufs[v].x)
			}
		}
	}
}

// allocateGradients walks the plan backwards: the first node to write a gradient
// sets it, later ones add. Once the node that made a value has used its gradient,
// the memory of both is free.
func (pl *planner[E]) allocateGradients() {
	e := pl.e
	maker := map[int]int{}
	for i := len(e.nodes) - 1; i >= 0; i-- {
		for _, v := range e.nodes[i].values() {
			maker[v] = i
		}
	}
	var free arena[E]
	for i := len(e.nodes) - 1; i >= 0; i-- {
		n := e.nodes[i]
		handed := pl.edges(n, &free)
		for _, v := range n.values() {
			if maker[v] != i {
				continue
			}
			b := &e.bufs[v]
			if b.dx != nil && v != handed {
				free.give(b.dx)
			}
			free.give(b.x)
		}
	}
}

// edges allocates the gradients of a node's inputs. It returns the buffer whose
// gradient became that of an input, or −1.
func (pl *planner[E]) edges(n node[E], free *arena[E]) (handed int) {
	handed = -1
	var heir *edge
	if s, ok := n.(successor); ok {
		heir = s.handsOver()
	}
	for _, in := range n.inputs() {
		b := &pl.e.bufs[in.buf]
		if !in.grad {
			continue
		}
		in.add = b.dx != nil
		if in.add {
			continue
		}
		y := n.values()[0]
		if dy := pl.e.bufs[y].dx; in == heir && len(dy) == b.size {
			b.dx, in.took, handed = dy, true, y
			continue
		}
		b.dx = free.take(b.size)
	}
	return handed
}

// arena is memory for reuse, shortest slices first.
type arena[E kernel.Elem] struct{ free [][]E }

// take returns n elements of the shortest free slice that is long enough, or new ones.
func (a *arena[E]) take(n int) []E {
	for i, s := range a.free {
		if len(s) >= n {
			a.free = slices.Delete(a.free, i, i+1)
			a.give(s[n:])
			return s[:n:n]
		}
	}
	return make([]E, n)
}

// give frees a slice.
func (a *arena[E]) give(s []E) {
	if len(s) == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(a.free, len(s), func(x []E, n int) int { return len(x) - n })
	a.free = slices.Insert(a.free, i, s)
}
