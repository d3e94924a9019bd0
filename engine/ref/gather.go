package ref

import "fmt"

// gather sets y[n] = x[n, index[n]], for x (n, h, w, c) seen as (n, h·w, c).
// An index outside is an error.
func gather(y, x, index array) error {
	c, locations := x.channels(), x.shape[1]*x.shape[2]
	for n := range x.shape[0] {
		at := int(index.v[n])
		if at < 0 || at >= locations {
			return fmt.Errorf("index %d in row %d, need 0 to %d", at, n, locations-1)
		}
		copy(y.row(n), x.row(n)[at*c:])
	}
	return nil
}

// gatherBackward adds dy[n] to dx[n, index[n]]; other locations get nothing.
func gatherBackward(dx, dy, index array) {
	c := dx.channels()
	for n := range dx.shape[0] {
		at := int(index.v[n])
		for i, d := range dy.row(n) {
			dx.row(n)[at*c+i] += d
		}
	}
}
