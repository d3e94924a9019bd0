package kernel

func genericRows[E Elem]() rowFuncs[E] {
	return rowFuncs[E]{
		addTo:      addToGeneric[E],
		addMoments: addMomentsGeneric[E],
		addProds:   addProdsGeneric[E],
		scaleShift: scaleShiftGeneric[E],
		affine:     affineGeneric[E],
		reluMask:   reluMaskGeneric[E],
		add:        addGeneric[E],
		widen:      widenGeneric[E],
		narrow:     narrowGeneric[E],
	}
}

// eachPiece splits len elements, rows of n channels, into pieces of at most
// kChunk that stay within a row: elements [i, i+size) are channels from j.
func eachPiece(len, n int, body func(i, j, size int)) {
	for row := 0; row < len; row += n {
		for j := 0; j < n; j += kChunk {
			body(row+j, j, min(kChunk, n-j))
		}
	}
}

func addToGeneric[E Elem](acc []float32, x []E) {
	var wide [kChunk]float32
	eachPiece(len(x), len(acc), func(i, j, size int) {
		widenGeneric(wide[:size], x[i:][:size])
		for c, v := range wide[:size] {
			acc[j+c] += v
		}
	})
}

func addMomentsGeneric[E Elem](sum, sq []float32, x []E, shift []float32) {
	var wide [kChunk]float32
	eachPiece(len(x), len(sum), func(i, j, size int) {
		widenGeneric(wide[:size], x[i:][:size])
		for c, v := range wide[:size] {
			d := v - shift[j+c]
			sum[j+c] += d
			sq[j+c] += d * d
		}
	})
}

func addProdsGeneric[E Elem](sum, prod []float32, dy, x []E, mean []float32) {
	var wide, wideDY [kChunk]float32
	eachPiece(len(x), len(sum), func(i, j, size int) {
		widenGeneric(wide[:size], x[i:][:size])
		widenGeneric(wideDY[:size], dy[i:][:size])
		for c, v := range wide[:size] {
			sum[j+c] += wideDY[c]
			prod[j+c] += wideDY[c] * (v - mean[j+c])
		}
	})
}

func scaleShiftGeneric[E Elem](dst, x []E, scale, shift []float32, positive bool) {
	var wide [kChunk]float32
	eachPiece(len(x), len(scale), func(i, j, size int) {
		widenGeneric(wide[:size], x[i:][:size])
		for c, v := range wide[:size] {
			v = v*scale[j+c] + shift[j+c]
			if positive {
				v = relu(v)
			}
			wide[c] = v
		}
		narrowGeneric(dst[i:][:size], wide[:size])
	})
}

func affineGeneric[E Elem](dst, dy, x []E, a, b, c []float32) {
	var wide, wideDY [kChunk]float32
	eachPiece(len(x), len(a), func(i, j, size int) {
		widenGeneric(wide[:size], x[i:][:size])
		widenGeneric(wideDY[:size], dy[i:][:size])
		for k, v := range wide[:size] {
			wide[k] = a[j+k]*wideDY[k] + (b[j+k]*v + c[j+k])
		}
		narrowGeneric(dst[i:][:size], wide[:size])
	})
}

func reluMaskGeneric[E Elem](dst, dy, y []E) {
	var wide [kChunk]float32
	eachPiece(len(y), len(y), func(i, _, size int) {
		widenGeneric(wide[:size], y[i:][:size])
		for c, v := range wide[:size] {
			if v > 0 {
				dst[i+c] = dy[i+c]
			} else {
				dst[i+c] = 0
			}
		}
	})
}

func addGeneric[E Elem](dst, x, y []E) {
	var wideX, wideY [kChunk]float32
	eachPiece(len(x), len(x), func(i, _, size int) {
		widenGeneric(wideX[:size], x[i:][:size])
		widenGeneric(wideY[:size], y[i:][:size])
		for c, v := range wideX[:size] {
			wideX[c] = v + wideY[c]
		}
		narrowGeneric(dst[i:][:size], wideX[:size])
	})
}
