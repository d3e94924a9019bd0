package segment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Contingency counts the pixels of each pair of labels of two maps of one image. It
// is all that the measures know about them.
type Contingency struct {
	N     int64     // pixels
	A, B  []Segment // of the first and of the second map, by label
	Cells []Cell    // pairs that occur, by A, then B
}

// Segment is the pixel count of one label.
type Segment struct {
	Label int32
	N     int64
}

// Cell is the number of pixels that segment A of the first map shares with
// segment B of the second; A and B are indices.
type Cell struct {
	A, B int
	N    int64
}

// NewContingency returns an error if one is not a valid map or their sizes differ.
func NewContingency(a, b Map) (Contingency, error) {
	for _, m := range []Map{a, b} {
		if err := m.Validate(); err != nil {
			return Contingency{}, err
		}
	}
	if a.W != b.W || a.H != b.H {
		return Contingency{}, fmt.Errorf("segment: a map of %d×%d cannot be compared with one of %d×%d",
			a.W, a.H, b.W, b.H)
	}
	count := map[[2]int32]int64{}
	pair, run := [2]int32{a.Label[0], b.Label[0]}, int64(0) // neighbours mostly agree: one access per run
	for i, l := range a.Label {
		if next := [2]int32{l, b.Label[i]}; next != pair {
			count[pair] += run
			pair, run = next, 0
		}
		run++
	}
	count[pair] += run
	return tabulate(count), nil
}

func tabulate(count map[[2]int32]int64) Contingency {
	var c Contingency
	a, b := map[int32]int64{}, map[int32]int64{}
	for pair, n := range count {
		a[pair[0]] += n
		b[pair[1]] += n
		c.N += n
	}
	c.A, c.B = segments(a), segments(b)
	column := make(map[int32]int, len(c.B))
	for j, s := range c.B {
		column[s.Label] = j
	}
	c.Cells = make([]Cell, 0, len(count))
	row := 0
	for _, pair := range slices.SortedFunc(maps.Keys(count), comparePairs) {
		if c.A[row].Label != pair[0] {
			row++
		}
		c.Cells = append(c.Cells, Cell{row, column[pair[1]], count[pair]})
	}
	return c
}

func comparePairs(p, q [2]int32) int { return cmp.Or(cmp.Compare(p[0], q[0]), cmp.Compare(p[1], q[1])) }

func segments(count map[int32]int64) []Segment {
	s := make([]Segment, 0, len(count))
	for _, l := range slices.Sorted(maps.Keys(count)) {
		s = append(s, Segment{l, count[l]})
	}
	return s
}
