package classify

import (
	"context"
	"math"
	"slices"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/rng"
)

// copied is how far apart near copies may be, as a share of how far apart images of one
// class are: by 1 − cosine. JPEG at quality 60, a pixel less on each side and 8 % more
// light give up to 0.09 on photographs of 64 px; different images of their classes have
// 0.25 at the least and mostly 0.7 to 1.
const copied = 0.1

// pictures gives each image the first of those that are near copies of each other. Where
// most images of most classes are copies of one, as in one burst for each class, nothing
// tells them from classes whose images are all alike, and they count as different.
func pictures(ctx context.Context, f eval.Features, classes int) ([]int, error) {
	base, err := eval.NewBase(f, eval.Moments{}, 1)
	if err != nil {
		return nil, err
	}
	return base.Groups(ctx, float32(1-copied*min(spread(f, classes), 1)))
}

// spread is how far apart images of one class are: the third quartile of 1 − cosine over
// pairs drawn at random, so that neither some copies nor some wrong labels matter.
func spread(f eval.Features, classes int) float64 {
	members := byClass(f.Labels, classes)
	var apart []float64
	for class, of := range members {
		s := rng.New(2, 0, class, rng.Sample)
		order := s.Perm(len(of))
		for i := range max(len(order)-1, 0) {
			apart = append(apart, 1-cosine(f.Row(of[order[i]]), f.Row(of[order[i+1]])))
		}
	}
	if len(apart) == 0 {
		return 0
	}
	slices.Sort(apart)
	return apart[len(apart)*3/4]
}

// byClass lists the images of each class.
func byClass(labels []int32, classes int) [][]int {
	members := make([][]int, classes)
	for i, l := range labels {
		members[l] = append(members[l], i)
	}
	return members
}

func cosine(u, v []float32) float64 {
	var uv, uu, vv float64
	for i := range u {
		uv += float64(u[i]) * float64(v[i])
		uu += float64(u[i]) * float64(u[i])
		vv += float64(v[i]) * float64(v[i])
	}
	if uu == 0 || vv == 0 {
		return 0
	}
	return uv / math.Sqrt(uu*vv)
}
