package ref

// linear adds y = x·w + bias, for x (n, c) and w (c, out). Without a bias,
// bias.v is empty.
func linear(y, x, w, bias array) {
	for n := range x.shape[0] {
		yn := y.row(n)
		for i, xi := range x.row(n) {
			for o, wo := range w.row(i) {
				yn[o] += xi * wo
			}
		}
	}
	addBias(y, bias)
}

// linearBackward adds dx = dy·wᵀ, dw = xᵀ·dy and dbias = Σ_n dy.
func linearBackward(dx, dw, dbias, dy, x, w array) {
	for n := range x.shape[0] {
		dxn, dyn := dx.row(n), dy.row(n)
		for i, xi := range x.row(n) {
			wi, dwi := w.row(i), dw.row(i)
			for o, d := range dyn {
				dxn[i] += d * wi[o]
				dwi[o] += d * xi
			}
		}
	}
	addBiasBackward(dbias, dy)
}
