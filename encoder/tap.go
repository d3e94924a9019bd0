package encoder

import (
	"context"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/tensor"
)

// Tap calls f for each of the plain images, in order, with what a tap of the network has for
// it, row-major. The tap must be one that the encoder was made with, and v is f's only until
// it returns.
func (e *Encoder) Tap(ctx context.Context, images *Images, tap string, f func(image int, v []float32)) error {
	size := batchOf(images.Len())
	bound, exec, err := e.compile(e.model.Encode(tap), size)
	if err != nil {
		return err
	}
	defer exec.Close()
	out := engine.Outputs(bound)
	one := len(out[0].F32) / size
	image := 0
	return images.pass(ctx, size, func(batch tensor.Tensor, n int) error {
		if err := exec.Forward([]tensor.Tensor{batch}, out); err != nil {
			return err
		}
		for i := range n {
			f(image, out[0].F32[i*one:(i+1)*one])
			image++
		}
		return nil
	})
}
