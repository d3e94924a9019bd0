package survey

import (
	"cmp"
	"crypto/sha256"
	"slices"

	"github.com/amdim/amdim/data"
)

// Duplicate is images of the same content, byte for byte.
type Duplicate struct {
	Names []string `json:"names"` // two or more, sorted

	// SplitsDiffer: one may be learnt from while another is held out, so that an
	// evaluation sees what was learnt.
	SplitsDiffer bool `json:"splits_differ"`
	// ClassesDiffer: they have different labels, of which one must be wrong.
	ClassesDiffer bool `json:"classes_differ"`
}

// same are the readable images that have the same sum, in groups of several.
func same(looks []look) [][]int {
	groups := map[[sha256.Size]byte][]int{}
	for i, l := range looks {
		if l.err == nil {
			groups[l.sum] = append(groups[l.sum], i)
		}
	}
	several := [][]int{}
	for i, l := range looks {
		if g := groups[l.sum]; l.err == nil && len(g) > 1 && g[0] == i {
			several = append(several, g)
		}
	}
	return several
}

// duplicates names the images of the groups.
func duplicates(places []place, groups [][]int) []Duplicate {
	found := []Duplicate{}
	for _, g := range groups {
		var d Duplicate
		for _, k := range g {
			d.Names = append(d.Names, places[k].name)
		}
		d.SplitsDiffer, d.ClassesDiffer = differ(places, g)
		slices.Sort(d.Names)
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Duplicate) int { return cmp.Compare(a.Names[0], b.Names[0]) })
	return found
}

// differ reports whether images are of several splits, and of several classes.
func differ(places []place, group []int) (splits, classes bool) {
	first, label := places[group[0]], -1
	for _, k := range group {
		p := places[k]
		splits = splits || !slices.Equal(p.parts, first.parts)
		if l := p.part.Set.Label(p.i); l >= 0 {
			classes = classes || label >= 0 && label != l
			label = l
		}
	}
	return splits, classes
}

// Copies is the number of images that could be deleted: all but one of each
// group.
func (s *Survey) Copies() int {
	n := 0
	for _, d := range s.Duplicates {
		n += len(d.Names) - 1
	}
	return n
}

// Damaged is how many images of the first part cannot be read.
func (s *Survey) Damaged() int {
	n := 0
	for _, l := range s.Left {
		if l.Reason == data.Damaged {
			n++
		}
	}
	return n
}
