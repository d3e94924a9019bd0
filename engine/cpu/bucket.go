package cpu

import "slices"

// bucketCount is about how many sums over the processes the gradients take: all
// but the last run while backward continues.
const bucketCount = 8

// joinGradients lays the gradients of all variables side by side, each at the start
// of a cache line, so that one sum over the processes takes many of them.
func (s *state) joinGradients() {
	const line = 16
	total := 0
	for _, x := range s.vars {
		x.at = total
		total += (len(x.g) + line - 1) / line * line
	}
	s.grads = make([]float32, total)
	for _, x := range s.vars {
		x.g = s.grads[x.at:][:len(x.g):len(x.g)]
	}
}

// buckets returns the gradients of some trained variables, adjacent ones as one slice.
func (s *state) buckets(trained []*variable) (all [][]float32) {
	lo, hi := 0, 0
	for i, x := range s.vars {
		end := len(s.grads)
		if i+1 < len(s.vars) {
			end = s.vars[i+1].at
		}
		switch {
		case end == x.at: // a running statistic
		case !slices.Contains(trained, x):
			all = append(all, s.grads[lo:hi])
			lo, hi = end, end
		default:
			hi = end
		}
	}
	all = append(all, s.grads[lo:hi])
	return slices.DeleteFunc(all, func(b []float32) bool { return len(b) == 0 })
}

// schedule says which gradients are summed over the processes after each node's
// backward: those that are done, once they make up a bucketCount-th of all.
func (e *exec[E]) schedule() (after [][][]float32) {
	total, size := 0, 0
	for _, v := range e.trained {
		total += len(v.g)
	}
	left := slices.Clone(e.trained)
	var done []*variable
	after = make([][][]float32, len(e.nodes))
	for i, n := range slices.Backward(e.nodes) {
		for _, v := range e.variables(n) {
			if at := slices.Index(left, v); at >= 0 {
				left = slices.Delete(left, at, at+1)
				done = append(done, v)
				size += len(v.g)
			}
		}
		if i == 0 {
			done = append(done, left...)
		}
		if i == 0 || size*bucketCount >= total {
			after[i] = e.s.buckets(done)
			done, size = nil, 0
		}
	}
	return after
}

// variables returns those whose gradients a node's backward sets.
func (e *exec[E]) variables(n node[E]) (vars []*variable) {
	switch n := n.(type) {
	case *batchNorm[E]:
		return []*variable{n.scale, n.bias}
	case interface{ filters() []*filter[E] }:
		for _, f := range n.filters() {
			vars = append(vars, f.weight, f.bias)
		}
	}
	return vars
}
