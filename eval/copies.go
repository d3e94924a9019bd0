package eval

import (
	"fmt"

	"github.com/amdim/amdim/feature"
)

// Copies says how many of the images that an encoder is evaluated on look to it like an
// image that the classifiers learn from.
type Copies struct {
	Images int     `json:"images"`
	Cosine float64 `json:"cosine"`         // from which they count
	None   bool    `json:"none,omitempty"` // knn looked for them, and there are none

	Unknown bool `json:"unknown,omitempty"` // it did, and to the encoder other images look as alike
}

// closest is the train image nearest to each test image.
type closest struct {
	score []float32 // cosines
	class []int32
}

// add takes the nearest of a search among train images with the given labels.
func (c *closest) add(n feature.Neighbours, labels []int32) {
	if c.score == nil {
		c.score, c.class = make([]float32, len(n.Index)/n.K), make([]int32, len(n.Index)/n.K)
	}
	for i := range c.score {
		if s := n.Cosine[i*n.K]; s > c.score[i] {
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
	if found.Images == 0 {
		return Copies{None: true}, nil
	}
	if !feature.TrustCopies(same, found.Images) {
		return Copies{Unknown: true}, nil
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

// note says what accuracies do not: that some images of a part have copies, or may have; empty
// if nothing is to be said.
func (c Copies) note(images int, part string) string {
	switch {
	case c.Unknown:
		return unknownCopies(part, "the encoder")
	case c.Images == 0:
		return ""
	case c.Images == images:
		return fmt.Sprintf("All %s images look to the encoder like a train image (cosine from %.2f): "+
			"nothing is known of others.", part, c.Cosine)
	}
	return fmt.Sprintf("%d of the %s images look to the encoder like a train image (cosine from %.2f), so "+
		"accuracies may be too good; \"no copies\" leaves them out. amdim data check names copies by their pixels.",
		c.Images, part, c.Cosine)
}

// unknownCopies says that an encoder cannot tell copies.
func unknownCopies(part, encoder string) string {
	return fmt.Sprintf("Whether %s images are copies of train images is not known: to %s, images of different "+
		"classes look as alike as copies. amdim data check finds copies by their pixels.", part, encoder)
}
