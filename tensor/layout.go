package tensor

import "fmt"

// OutFirst returns a weight of ours, convolution HWIO or linear (in, out), in the
// order of PyTorch and ONNX, OIHW and (out, in); an array of one dimension or
// none as it is. shape is ours.
func OutFirst(v []float32, shape []int) []float32 {
	window, in, out, ok := weight(v, shape)
	if !ok {
		return v
	}
	w := make([]float32, len(v))
	for k := range window {
		for i := range in {
			for o := range out {
				w[(o*in+i)*window+k] = v[(k*in+i)*out+o]
			}
		}
	}
	return w
}

// OutLast is the way back; shape is ours.
func OutLast(v []float32, shape []int) []float32 {
	window, in, out, ok := weight(v, shape)
	if !ok {
		return v
	}
	w := make([]float32, len(v))
	for o := range out {
		for i := range in {
			for k := range window {
				w[(k*in+i)*out+o] = v[(o*in+i)*window+k]
			}
		}
	}
	return w
}

// OutFirstShape is the shape that OutFirst gives an array of shape.
func OutFirstShape(shape []int) []int {
	switch s := shape; len(s) {
	case 4:
		return []int{s[3], s[2], s[0], s[1]}
	case 2:
		return []int{s[1], s[0]}
	}
	return shape
}

// weight is shape as locations of the window, channels in and out.
func weight(v []float32, shape []int) (window, in, out int, ok bool) {
	if len(v) != Size(shape) {
		panic(fmt.Sprintf("tensor: %d numbers for shape %v", len(v), shape))
	}
	switch s := shape; len(s) {
	case 4:
		return s[0] * s[1], s[2], s[3], true
	case 2:
		return 1, s[0], s[1], true
	}
	return 0, 0, 0, false
}
