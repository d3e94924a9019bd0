package survey

import (
	"cmp"
	"crypto/sha256"
	"slices"
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

// duplicates are the readable images that have the same sum.
func duplicates(places []place, looks []look) []Duplicate {
	groups := map[[sha256.Size]byte][]int{}
	for i, l := range looks {
		if l.err == nil {
			groups[l.sum] = append(groups[l.sum], i)
		}
	}
	found := []Duplicate{}
	for i, l := range looks {
		g := groups[l.sum]
		if l.err != nil || len(g) < 2 || g[0] != i {
			continue
		}
		var d Duplicate
		first, label := places[i], -1
		for _, k := range g {
			p := places[k]
			d.Names = append(d.Names, p.name)
			d.SplitsDiffer = d.SplitsDiffer || !slices.Equal(p.parts, first.parts)
			if l := p.part.Set.Label(p.i); l >= 0 {
				d.ClassesDiffer = d.ClassesDiffer || label >= 0 && label != l
				label = l
			}
		}
		slices.Sort(d.Names)
		found = append(found, d)
	}
	slices.SortFunc(found, func(a, b Duplicate) int { return cmp.Compare(a.Names[0], b.Names[0]) })
	return found
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

// Damaged is the share of images that cannot be read.
func (s *Survey) Damaged() float64 { return float64(len(s.Unreadable)) / float64(max(1, s.Images)) }
