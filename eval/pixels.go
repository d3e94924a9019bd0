package eval

import (
	"context"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// pixelBytes is the memory that raw pixels take, as features and packed for neighbour
// search.
func (e *Evaluation) pixelBytes() int64 {
	images := int64(e.Train.Len() + e.Test.Len())
	return 2 * 4 * images * int64(e.Train.px*e.Train.px*3)
}

// Pixels are the images themselves as features, in [0, 255]: the first baseline.
func Pixels(ctx context.Context, images *Images) (feature.Features, error) {
	f := feature.Features{Dim: images.px * images.px * 3, Labels: images.labels()}
	f.X = make([]float32, 0, images.Len()*f.Dim)
	err := images.pass(ctx, encodeBatch, func(batch tensor.Tensor, n int) error {
		for _, x := range batch.U8[:n*f.Dim] {
			f.X = append(f.X, float32(x))
		}
		return nil
	})
	return f, err
}
