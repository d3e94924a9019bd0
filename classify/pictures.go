package classify

import (
	"context"

	"github.com/amdim/amdim/eval"
)

// pictures gives each image the first of those that are near copies of each other.
func pictures(ctx context.Context, f eval.Features, classes int) ([]int, error) {
	base, err := eval.NewBase(f, eval.Moments{}, 1)
	if err != nil {
		return nil, err
	}
	return base.Groups(ctx, eval.NearCopy(f, classes))
}

// byClass lists the images of each class.
func byClass(labels []int32, classes int) [][]int {
	members := make([][]int, classes)
	for i, l := range labels {
		members[l] = append(members[l], i)
	}
	return members
}
