package ref

import "github.com/amdim/amdim/graph"

// conv2D adds to y, for image n, output pixel (p, q) and channel o,
//
//	y[n,p,q,o] = bias[o] + Σ_{i,j,c} x[n, p·s+i−pad, q·s+j−pad, c] · w[i,j,c,o]
//
// with stride s, where x outside the image is 0 or, with Reflect, its mirror
// image. It is the cross-correlation that the field calls a convolution
// (Dumoulin and Visin 2016, arXiv 1603.07285). Without a bias, bias.v is empty.
func conv2D(a graph.Conv2D, y, x, w, bias array) {
	eachTap(a, y, x, func(out, in, tap int) {
		ys := y.v[out : out+a.Out]
		for c, xc := range x.v[in : in+x.channels()] {
			for o, wo := range w.lane(tap + c) {
				ys[o] += xc * wo
			}
		}
	})
	addBias(y, bias)
}

// conv2DBackward adds to dx, dw and dbias. y is linear in x, in w and in bias,
// so each product x·w that conv2D adds to y sends back
//
//	dx += dy·w;  dw += dy·x;  dbias[o] += Σ_{n,p,q} dy[n,p,q,o]
//
// A mirrored pixel collects the gradient of its images too.
func conv2DBackward(a graph.Conv2D, dx, dw, dbias, dy, x, w array) {
	eachTap(a, dy, x, func(out, in, tap int) {
		dys := dy.v[out : out+a.Out]
		for c, xc := range x.v[in : in+x.channels()] {
			ws, dws := w.lane(tap+c), dw.lane(tap+c)
			for o, d := range dys {
				dx.v[in+c] += d * ws[o]
				dws[o] += d * xc
			}
		}
	})
	addBiasBackward(dbias, dy)
}

// eachTap calls f for every output pixel of y and every pixel of x under its
// window, with the position of channel 0 of each, and with the row of the
// weight matrix (K·K·c, Out) where channel 0 of the tap stands.
func eachTap(a graph.Conv2D, y, x array, f func(out, in, tap int)) {
	h, w, c := x.shape[1], x.shape[2], x.shape[3]
	oh, ow := y.shape[1], y.shape[2]
	for n := range y.shape[0] {
		for p := range oh {
			for q := range ow {
				for i := range a.K {
					for j := range a.K {
						row, okRow := inside(p*a.Stride+i-a.Pad, h, a.Reflect)
						col, okCol := inside(q*a.Stride+j-a.Pad, w, a.Reflect)
						if okRow && okCol {
							f(((n*oh+p)*ow+q)*a.Out, ((n*h+row)*w+col)*c, (i*a.K+j)*c)
						}
					}
				}
			}
		}
	}
}

// inside maps a coordinate of the padded image to one of the image: a mirrored
// border repeats −1 as 1 and size as size−2; a zero border is not inside.
func inside(i, size int, reflect bool) (int, bool) {
	if reflect && i < 0 {
		i = -i
	}
	if reflect && i >= size {
		i = 2*(size-1) - i
	}
	return i, i >= 0 && i < size
}

// addBias adds bias[o] to channel o of every row of y.
func addBias(y, bias array) {
	if len(bias.v) == 0 {
		return
	}
	for i := range y.v {
		y.v[i] += bias.v[i%len(bias.v)]
	}
}

// addBiasBackward adds to dbias the sums of dy over everything but channels.
func addBiasBackward(dbias, dy array) {
	if len(dbias.v) == 0 {
		return
	}
	for i, d := range dy.v {
		dbias.v[i%len(dbias.v)] += d
	}
}
