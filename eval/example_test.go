package eval_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
)

func ExampleVote() {
	train := feature.Features{Dim: 2, X: []float32{1, 0, 0, 1, 2, 2}, Labels: []int32{0, 1, 1}}
	test := feature.Features{Dim: 2, X: []float32{1, 0.9}, Labels: []int32{1}}
	near, err := feature.Nearest(context.Background(), train, test, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	predicted := eval.Vote(near, train.Labels, 2, 2, 0.1).First()
	accuracy := eval.Accuracy(predicted, test.Labels)
	fmt.Printf("images %v, class %d, accuracy %.0f %%\n", near.Index, predicted[0], 100*accuracy)
	// Output: images [2 0], class 1, accuracy 100 %
}
