package eval

import (
	"context"
	"fmt"
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

// nearCopy is the cosine from which two images count as near copies, given standardised
// vectors of labelled images.
func nearCopy(f Features, classes int) float64 {
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
	first, err := b.Groups(ctx, float32(nearCopy(f, classes)))
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
	if trusted(same, found) {
		return first, nil
	}
	for i := range first {
		first[i] = i
	}
	return first, nil
}

// trusted reports whether copies are what they seem: in nine of ten cases they must have
// the class of what they are copies of. What merely looks alike to an encoder that has
// hardly learnt has other classes as well.
func trusted(same, found int) bool { return 10*same >= 9*found }

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

// Copies says how many of the images that an encoder is evaluated on look to it like an
// image that the classifiers learn from.
type Copies struct {
	Images int     `json:"images"`
	Cosine float64 `json:"cosine"` // from which they count
}

// closest is the train image nearest to each test image.
type closest struct {
	score []float32 // cosines
	class []int32
}

// add takes the nearest of a search among train images with the given labels.
func (c *closest) add(n Neighbours, labels []int32) {
	if c.score == nil {
		c.score, c.class = make([]float32, len(n.Index)/n.K), make([]int32, len(n.Index)/n.K)
	}
	for i := range c.score {
		if s := n.Score[i*n.K]; s > c.score[i] {
			c.score[i], c.class[i] = s, labels[n.Index[i*n.K]]
		}
	}
}

// copies counts the test images that have a near copy, of a cosine of at least least, and
// returns the others; nil if the encoder cannot tell.
func (c *closest) copies(least float64, labels []int32) (found Copies, alone []int) {
	same := 0
	for i, s := range c.score {
		if float64(s) < least {
			alone = append(alone, i)
			continue
		}
		found.Images++
		if c.class[i] == labels[i] {
			same++
		}
	}
	if found.Images == 0 || !trusted(same, found.Images) {
		return Copies{}, nil
	}
	found.Cosine = least
	return found, alone
}

// accuracyOf is the accuracy of runs on some of the images.
func accuracyOf(images []int, runs []Ranking, labels []int32) Score {
	var shares []float64
	for _, r := range runs {
		predicted, right := r.First(), 0
		for _, i := range images {
			if predicted[i] == labels[i] {
				right++
			}
		}
		shares = append(shares, float64(right)/float64(len(images)))
	}
	return NewScore(shares...)
}

// note says what accuracies do not: that some images of a part have copies.
func (c Copies) note(images int, part string) string {
	if c.Images == images {
		return fmt.Sprintf("All %s images look to the encoder like a train image (cosine from %.2f): "+
			"nothing is known of others.", part, c.Cosine)
	}
	return fmt.Sprintf("%d of the %s images look to the encoder like a train image (cosine from %.2f), so "+
		"accuracies may be too good; \"no copies\" leaves them out. amdim data check names copies by their pixels.",
		c.Images, part, c.Cosine)
}
