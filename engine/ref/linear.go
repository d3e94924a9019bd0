package ref

// linear adds y = x·w + bias, for x (n, c) and w (c, out). Without a bias,
// bias.v is empty.
func linear(y, x, w, bias array) {
	c, out := w.shape[0], w.shape[1]
	for n := range x.shape[0] {
		for i := range c {
			for o := range out {
				y.v[n*out+o] += x.v[n*c+i] * w.v[i*out+o]
			}
		}
	}
	addBias(y, bias)
}

// linearBackward adds dx = dy·wᵀ, dw = xᵀ·dy and dbias = Σ_n dy.
func linearBackward(dx, dw, dbias, dy, x, w array) {
	c, out := w.shape[0], w.shape[1]
	for n := range x.shape[0] {
		for i := range c {
			for o := range out {
				dx.v[n*c+i] += dy.v[n*out+o] * w.v[i*out+o]
				dw.v[i*out+o] += dy.v[n*out+o] * x.v[n*c+i]
			}
		}
	}
	addBiasBackward(dbias, dy)
}
