package ref

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// input sets y to the caller's tensor: float32 and int32 as they are, a uint8
// image as y = (x/255 − mean[c])/std[c] for channel c.
func input(a graph.Input, y array, t tensor.Tensor) {
	switch t.DType {
	case tensor.Float32:
		for i, x := range t.F32 {
			y.v[i] = float64(x)
		}
	case tensor.Int32:
		for i, x := range t.I32 {
			y.v[i] = float64(x)
		}
	case tensor.Uint8:
		for i, x := range t.U8 {
			c := i % y.channels()
			y.v[i] = (float64(x)/255 - float64(a.Mean[c])) / float64(a.Std[c])
		}
	}
}
