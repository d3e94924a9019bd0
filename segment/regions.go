package segment

// Regions returns the connected regions of the map as another map: pixels of one
// label that are joined by edges (4 neighbours). They are named 0, 1, … in order of
// their first pixel; the second result is their number.
func (m Map) Regions() (Map, int) {
	above := newForest(len(m.Label))
	for i, l := range m.Label {
		if i%m.W > 0 && m.Label[i-1] == l {
			above.join(int32(i-1), int32(i))
		}
		if i >= m.W && m.Label[i-m.W] == l {
			above.join(int32(i-m.W), int32(i))
		}
	}
	r, n := NewMap(m.H, m.W), int32(0)
	for i := range r.Label {
		if root := above.root(int32(i)); root == int32(i) {
			r.Label[i] = n
			n++
		} else {
			r.Label[i] = r.Label[root] // a root is the first of its pixels
		}
	}
	return r, int(n)
}

// forest is a collection of disjoint sets; the root of a set is its least element.
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) root(i int32) int32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

// join returns the root of the union.
func (f forest) join(i, j int32) int32 {
	i, j = f.root(i), f.root(j)
	f[max(i, j)] = min(i, j)
	return min(i, j)
}
