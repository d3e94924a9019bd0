package kernel

import "math"

func storeGeneric[E Elem](dst []E, ldd int, c []float32, ldc, m, n int, e Epilogue[E]) {
	var row, add [kChunk]float32
	for i := range m {
		for j0 := 0; j0 < n; j0 += kChunk {
			w := row[:min(kChunk, n-j0)]
			copy(w, c[i*ldc+j0:])
			if e.Bias != nil {
				for j, b := range e.Bias[j0:][:len(w)] {
					w[j] += b
				}
			}
			if e.Add != nil {
				widenGeneric(add[:len(w)], e.Add[i*e.LdAdd+j0:][:len(w)])
				for j := range w {
					w[j] += add[j]
				}
			}
			if e.ReLU {
				for j, x := range w {
					w[j] = relu(x)
				}
			}
			narrowGeneric(dst[i*ldd+j0:][:len(w)], w)
		}
	}
}

// relu is max(x, 0), NaN for NaN. On bits it needs no branch, whose outcome
// would be random.
func relu(x float32) float32 {
	b := math.Float32bits(x)
	if x < 0 {
		b = 0
	}
	return math.Float32frombits(b)
}
