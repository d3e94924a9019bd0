package feature

import (
	"context"
	"slices"

	"github.com/amdim/amdim/internal/rng"
)

// copied is how far apart near copies may be, as a share of how far apart images of one
// class are: by 1 − cosine. JPEG at quality 60, a pixel less on each side and 8 % more
// light give up to 0.09 on photographs of 64 px; different images of their classes have
// 0.25 at the least and mostly 0.7 to 1.
const copied = 0.1

// rounding is how far from 1 the cosine of equal vectors may be that is computed in
// float32: 1e-5 was seen for 512 numbers.
const rounding = 2e-5

// mostPairs is how many pairs of images, about, are looked at.
const mostPairs = 10_000

// CopyCosine is the cosine from which two images count as near copies, given standardised
// vectors of labelled images. The more alike images of one class are, the higher it is.
func CopyCosine(f Features, classes int) float64 {
	return min(1-copied*min(apartWithin(f, classes), 1), 1-rounding)
}

// NearCopies gives each labelled image the first of those that are near copies of each
// other, such as frames of a burst or the same file compressed anew: itself if it has
// none, and if the encoder cannot tell. Vectors are standardised. Where most images of most
// classes are copies of one, nothing tells them from classes whose images are all alike,
// and only equal ones count as copies.
func NearCopies(ctx context.Context, f Features, classes int) ([]int, error) {
	b, err := NewBase(f, Moments{}, 1)
	if err != nil {
		return nil, err
	}
	first, err := b.Groups(ctx, float32(CopyCosine(f, classes)))
	if err != nil {
		return nil, err
	}
	found, same := 0, 0
	for i, j := range first {
		if i != j {
			found++
		}
		if i != j && f.Labels[i] == f.Labels[j] {
			same++
		}
	}
	if TrustCopies(same, found) {
		return first, nil
	}
	for i := range first {
		first[i] = i
	}
	return first, nil
}

// TrustCopies reports whether copies are what they seem: in nine of ten cases they must have
// the class of what they are copies of. What merely looks alike to an encoder that has
// hardly learnt has other classes as well.
func TrustCopies(same, found int) bool { return 10*same >= 9*found }

// apartWithin is how far apart images of one class are: the third quartile of 1 − cosine over
// pairs drawn at random, so that neither some copies nor some wrong labels matter.
func apartWithin(f Features, classes int) float64 {
	var apart []float64
	for class, of := range ByClass(f.Labels, classes) {
		s := rng.New(2, 0, class, rng.Sample)
		order := s.Perm(len(of))
		order = order[:min(len(order), mostPairs/classes+2)]
		for i := range max(len(order)-1, 0) {
			u, v := f.Row(of[order[i]]), f.Row(of[order[i+1]])
			apart = append(apart, 1-Cosine(u, v))
		}
	}
	if len(apart) == 0 {
		return 0
	}
	slices.Sort(apart)
	return apart[len(apart)*3/4]
}
