package eval

import "slices"

// topClasses are listed for every image if there are more classes than that:
// with no more, an answer among the first five is always right.
const topClasses = 5

// depthOf is the number of classes listed for an image: 5, or 1 if there are few.
func depthOf(classes int) int {
	if classes > topClasses {
		return topClasses
	}
	return 1
}

// Ranking lists the likeliest classes of every image, the likeliest first.
type Ranking struct {
	Depth   int     // classes listed for an image
	Classes []int32 // (images, Depth); −1: no further class is an answer
}

// First returns the likeliest classes, one per image.
func (r Ranking) First() []int32 {
	first := make([]int32, len(r.Classes)/r.Depth)
	for i := range first {
		first[i] = r.Classes[i*r.Depth]
	}
	return first
}

// Accuracy is the share of images whose label is among the classes listed.
func (r Ranking) Accuracy(labels []int32) float64 {
	right := 0
	for i, l := range labels {
		if slices.Contains(r.Classes[i*r.Depth:(i+1)*r.Depth], l) {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}

// appendRanked appends the classes with the depth highest scores, the highest
// first and ties by lower class.
func appendRanked[F float32 | float64](dst []int32, scores []F, depth int) []int32 {
	start := len(dst)
	for range depth {
		best := int32(-1)
		for c, s := range scores {
			if (best < 0 || s > scores[best]) && !slices.Contains(dst[start:], int32(c)) {
				best = int32(c)
			}
		}
		dst = append(dst, best)
	}
	return dst
}

// Accuracy is the share of predictions that equal the label.
func Accuracy(predicted, labels []int32) float64 {
	right := 0
	for i, p := range predicted {
		if p == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}
