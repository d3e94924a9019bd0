package feature_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/feature"
)

func ExampleNearest() {
	base := feature.Features{Dim: 2, X: []float32{1, 0, 0, 1, 2, 2}}
	query := feature.Features{Dim: 2, X: []float32{1, 0.9}}
	near, err := feature.Nearest(context.Background(), base, query, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("images %v, cosines %.3f\n", near.Index, near.Cosine)
	// Output: images [2 0], cosines [0.999 0.743]
}
