package sample

import "math"

// RMS is the root mean square of v; 0 if it is empty.
func RMS(v []float32) float64 {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return math.Sqrt(sum / float64(max(1, len(v))))
}

// Largest is the largest root mean square among tensors.
func Largest(of map[string][]float32) float64 {
	var top float64
	for _, v := range of {
		top = max(top, RMS(v))
	}
	return top
}

// SameBits reports whether two tensors have the same bytes; NaN is itself here.
func SameBits(v, w []float32) bool {
	if len(v) != len(w) {
		return false
	}
	for i := range v {
		if math.Float32bits(v[i]) != math.Float32bits(w[i]) {
			return false
		}
	}
	return true
}
