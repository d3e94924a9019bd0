package encoder

import (
	"context"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// Pixels are the images themselves as features, in [0, 255]: the first baseline.
func Pixels(ctx context.Context, images *Images) (feature.Features, error) {
	f := feature.Features{Dim: images.px * images.px * 3, Labels: images.Labels()}
	f.X = make([]float32, 0, images.Len()*f.Dim)
	err := images.pass(ctx, encodeBatch, func(batch tensor.Tensor, n int) error {
		for _, x := range batch.U8[:n*f.Dim] {
			f.X = append(f.X, float32(x))
		}
		return nil
	})
	return f, err
}
