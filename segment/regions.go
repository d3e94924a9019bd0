package segment

import "github.com/amdim/amdim/internal/disjoint"

// Regions returns the connected regions of the map as another map: pixels of one
// label that are joined by edges (4 neighbours). They are named 0, 1, … in order of
// their first pixel; the second result is their number.
func (m Map) Regions() (Map, int) {
	joined := disjoint.New(len(m.Label))
	for i, l := range m.Label {
		if i%m.W > 0 && m.Label[i-1] == l {
			joined.Join(int32(i-1), int32(i))
		}
		if i >= m.W && m.Label[i-m.W] == l {
			joined.Join(int32(i-m.W), int32(i))
		}
	}
	r, n := NewMap(m.H, m.W), int32(0)
	for i := range r.Label {
		if root := joined.Root(int32(i)); root == int32(i) {
			r.Label[i] = n
			n++
		} else {
			r.Label[i] = r.Label[root] // a root is the first of its pixels
		}
	}
	return r, int(n)
}
