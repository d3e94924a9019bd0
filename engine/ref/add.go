package ref

// add sets z = x + y. Where y is smaller, its rows (n, c) are added at every
// place of x (n, …, c).
func add(z, x, y array) {
	for i := range z.v {
		z.v[i] = x.v[i] + y.v[addend(x, y, i)]
	}
}

// addBackward adds dz to dx and to dy. In Add(x, x) both are one array, which
// so receives 2·dz.
func addBackward(dx, dy, dz array) {
	for i, d := range dz.v {
		dx.v[i] += d
		dy.v[addend(dx, dy, i)] += d
	}
}

// addend is where the element of y is that is added to element i of x.
func addend(x, y array, i int) int {
	if len(y.v) == len(x.v) {
		return i
	}
	return i/x.rowSize()*y.rowSize() + i%y.rowSize()
}
