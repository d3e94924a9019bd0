package ref

import "github.com/amdim/amdim/graph"

// dropout sets y = x·mask/(1 − P): with mask 1 with probability 1 − P the
// expectation of y is x. Srivastava et al. 2014, JMLR 15, section 10 (the
// scale is applied here, in training, and not in testing).
func dropout(a graph.Dropout, y, x, mask array) {
	for i, v := range x.v {
		y.v[i] = v * mask.v[i] / (1 - a.P)
	}
}

// dropoutBackward adds dx = dy·mask/(1 − P). The mask is an input and gets none.
func dropoutBackward(a graph.Dropout, dx, dy, mask array) {
	for i, d := range dy.v {
		dx.v[i] += d * mask.v[i] / (1 - a.P)
	}
}
