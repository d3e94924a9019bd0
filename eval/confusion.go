package eval

import (
	"cmp"
	"slices"
)

// Confusion counts how often an image of one class was taken for another.
type Confusion struct {
	Classes int
	Counts  []int // (Classes, Classes): row label, column prediction
}

// NewConfusion counts predictions by class.
func NewConfusion(predicted, labels []int32, classes int) Confusion {
	c := Confusion{classes, make([]int, classes*classes)}
	for i, p := range predicted {
		c.Counts[int(labels[i])*classes+int(p)]++
	}
	return c
}

// Add adds the counts of d, which has the same classes.
func (c Confusion) Add(d Confusion) {
	for i, n := range d.Counts {
		c.Counts[i] += n
	}
}

// Rows are the counts, a row per label.
func (c Confusion) Rows() [][]int { return slices.Collect(slices.Chunk(c.Counts, c.Classes)) }

// PerClass is the share of each class that was classified correctly.
func (c Confusion) PerClass() Shares {
	shares := make(Shares, c.Classes)
	for l := range shares {
		shares[l] = float64(c.At(l, l)) / float64(c.Images(l)) // 0/0 is NaN
	}
	return shares
}

// At is the number of images of class label that were classified as predicted.
func (c Confusion) At(label, predicted int) int { return c.Counts[label*c.Classes+predicted] }

// Images is the number of images of class label.
func (c Confusion) Images(label int) int {
	n := 0
	for p := range c.Classes {
		n += c.At(label, p)
	}
	return n
}

// Accuracy is the share of images that were classified correctly.
func (c Confusion) Accuracy() float64 {
	right, all := 0, 0
	for l := range c.Classes {
		right += c.At(l, l)
		all += c.Images(l)
	}
	return float64(right) / float64(max(all, 1))
}

// Mistake is a class whose images were taken for those of another.
type Mistake struct{ Label, Predicted, Count, Of int }

// Mistakes returns the n most common ones by share of the class, the most
// common first and ties by lower class.
func (c Confusion) Mistakes(n int) []Mistake {
	var all []Mistake
	for l := range c.Classes {
		of := c.Images(l)
		for p := range c.Classes {
			if count := c.At(l, p); l != p && count > 0 {
				all = append(all, Mistake{l, p, count, of})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Mistake) int { return cmp.Compare(b.Count*a.Of, a.Count*b.Of) })
	return all[:min(n, len(all))]
}
