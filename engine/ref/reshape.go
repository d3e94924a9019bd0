package ref

// pass sets y = x, element by element: Reshape changes only the shape, and
// StopGrad only the gradient, which Flow ends there.
func pass(y, x array) { copy(y.v, x.v) }

// reshapeBackward adds dy to dx, element by element.
func reshapeBackward(dx, dy array) {
	for i, d := range dy.v {
		dx.v[i] += d
	}
}
