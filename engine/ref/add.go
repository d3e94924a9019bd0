package ref

// add sets z = x + y.
func add(z, x, y array) {
	for i := range z.v {
		z.v[i] = x.v[i] + y.v[i]
	}
}

// addBackward adds dz to dx and to dy. In Add(x, x) both are one array, which
// so receives 2·dz.
func addBackward(dx, dy, dz array) {
	for i, d := range dz.v {
		dx.v[i] += d
		dy.v[i] += d
	}
}
