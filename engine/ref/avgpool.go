package ref

import "github.com/amdim/amdim/graph"

// avgPool sets y[n,p,q,c] to the mean of x[n, p·s+i, q·s+j, c] over the K×K
// window i, j, with stride s and without padding.
func avgPool(a graph.AvgPool, y, x array) {
	eachWindow(a, y, x, func(out, in int) { y.v[out] += x.v[in] / float64(a.K*a.K) })
}

// avgPoolBackward adds to dx: every pixel of a window has a K⁻² share in the
// mean, so dx[…] += dy/K².
func avgPoolBackward(a graph.AvgPool, dx, dy array) {
	eachWindow(a, dy, dx, func(out, in int) { dx.v[in] += dy.v[out] / float64(a.K*a.K) })
}

// eachWindow calls f for every element of y with every element of x in its window.
func eachWindow(a graph.AvgPool, y, x array, f func(out, in int)) {
	h, w, c := x.shape[1], x.shape[2], x.shape[3]
	oh, ow := y.shape[1], y.shape[2]
	for n := range y.shape[0] {
		for p := range oh {
			for q := range ow {
				for i := range a.K {
					for j := range a.K {
						for k := range c {
							in := ((n*h+p*a.Stride+i)*w+q*a.Stride+j)*c + k
							f(((n*oh+p)*ow+q)*c+k, in)
						}
					}
				}
			}
		}
	}
}
