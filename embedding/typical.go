package embedding

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Typical is an image that represents a group of images.
type Typical struct {
	Index  int    `json:"index"` // of the image in the set
	Name   string `json:"name"`
	Images int    `json:"images"` // of its group, itself included
}

// Typical chooses up to k images that together show what the set holds: those to label first. It
// divides the images into k groups by cosine (feature.Base.Cluster) and chooses from each the
// image nearest to its mean. The largest group comes first. The choice is always the same for one
// set and k.
func (x *Index) Typical(ctx context.Context, k int) ([]Typical, error) {
	if n := x.set.Len(); k < 1 || k > n {
		return nil, fmt.Errorf("embedding: %d typical images of %d: need 1 to %d", k, n, n)
	}
	const seed = 1
	c, err := x.base.Cluster(ctx, k, seed)
	if err != nil {
		return nil, fmt.Errorf("embedding: typical images: %w", err)
	}
	all := make([]Typical, c.K)
	for i, l := range c.Label {
		t := &all[l]
		if t.Images == 0 || c.Cosine[i] > c.Cosine[t.Index] {
			t.Index, t.Name = i, x.set.Names[i]
		}
		t.Images++
	}
	all = slices.DeleteFunc(all, func(t Typical) bool { return t.Images == 0 })
	slices.SortFunc(all, func(a, b Typical) int {
		return cmp.Or(cmp.Compare(b.Images, a.Images), cmp.Compare(a.Index, b.Index))
	})
	return all, nil
}
