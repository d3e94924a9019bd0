package embedding

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/disjoint"
)

// NearDuplicate is the cosine from which two images count as near-duplicates when nothing
// else is known. Of 200 photographs of 64 px compressed anew as JPEG at quality 60, cropped
// by a pixel on each side or made 8 % brighter, two encoders put at least 98.5 % there (at
// 0.98, 8.5 to 99.5 %), and of the 50 million pairs of 10,000 photographs 9 and none, which
// looked alike. The right value depends on encoder and images: look at the pairs.
const NearDuplicate = 0.9

// Pair is two images of a set, A before B.
type Pair struct {
	A, B   int
	Cosine float32
}

// maxPairs bounds what Duplicates returns: 16 MB, and more than a person reads.
const maxPairs = 1_000_000

// rounding is how far off a cosine computed in float32 may be: 1e-5 was seen
// for vectors of 512 numbers. Pairs this near the threshold are computed again.
const rounding = 1e-4

// Duplicates returns all pairs with a cosine of at least threshold, the highest cosine first, then
// by index. Images with the same vector have cosine 1, unless that vector is the mean of all,
// which has no direction. More than a million pairs are an error: the threshold is too low.
//
// Every image is compared with every other, so time grows with the square of the set
// (BenchmarkDuplicates measures it), and memory with the number of pairs.
func (x *Index) Duplicates(ctx context.Context, threshold float32) ([]Pair, error) {
	if !(threshold > 0 && threshold <= 1) {
		return nil, fmt.Errorf("embedding: duplicates: threshold %g: need a cosine above 0, at most 1", threshold)
	}
	near, err := x.base.Pairs(ctx, threshold-rounding, maxPairs)
	if err != nil {
		return nil, fmt.Errorf("embedding: duplicates: %w", err)
	}
	return x.pairs(near, threshold), nil
}

// pairs computes the cosine of the candidates and sorts them.
func (x *Index) pairs(near []feature.Pair, threshold float32) []Pair {
	var all []Pair
	for _, p := range near {
		a, b := int(p.I), int(p.J)
		if c := x.cosine(x.set.Row(a), x.set.Row(b)); c >= threshold {
			all = append(all, Pair{A: a, B: b, Cosine: c})
		}
	}
	slices.SortFunc(all, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Cosine, p.Cosine), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return all
}

// Group is a set of images connected by pairs: each forms a pair with some other of the group, not
// with all of them.
type Group struct {
	Images []int   // in order
	Lowest float32 // lowest cosine of the pairs that connect them
	Pairs  int     // how many connect them
}

// Groups joins pairs that share an image. The group with the highest Lowest comes
// first, then the larger, then the one with the lower first image.
func Groups(pairs []Pair) []Group {
	var images []int // that are in pairs, in order
	for _, p := range pairs {
		images = append(images, p.A, p.B)
	}
	slices.Sort(images)
	images = slices.Compact(images)
	place := func(image int) int32 {
		i, _ := slices.BinarySearch(images, image)
		return int32(i)
	}
	sets := disjoint.New(len(images))
	for _, p := range pairs {
		sets.Join(place(p.A), place(p.B))
	}
	groups := make([]Group, len(images)) // by the first image of each
	for i, image := range images {
		g := &groups[sets.Root(int32(i))]
		g.Images, g.Lowest = append(g.Images, image), 1
	}
	for _, p := range pairs {
		g := &groups[sets.Root(place(p.A))]
		g.Lowest, g.Pairs = min(g.Lowest, p.Cosine), g.Pairs+1
	}
	var all []Group
	for _, g := range groups {
		if len(g.Images) > 0 {
			all = append(all, g)
		}
	}
	slices.SortFunc(all, func(a, b Group) int {
		return cmp.Or(cmp.Compare(b.Lowest, a.Lowest), cmp.Compare(len(b.Images), len(a.Images)),
			cmp.Compare(a.Images[0], b.Images[0]))
	})
	return all
}
