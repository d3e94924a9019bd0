package disjoint

// Sets are disjoint sets of the elements 0, 1, …, in one goroutine. An element leads to a
// lower one of its set, the least to itself. Finding the regions of a map takes half as long as
// with Shared.
type Sets []int32

// New is n sets of one element each.
func New(n int) Sets {
	s := make(Sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// Root is the least element of the set of i. It halves the path to it (Tarjan and van
// Leeuwen 1984, doi 10.1145/62.2160).
func (s Sets) Root(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// Join makes the sets of two elements one and returns its least element.
func (s Sets) Join(i, j int32) int32 {
	i, j = s.Root(i), s.Root(j)
	s[max(i, j)] = min(i, j)
	return min(i, j)
}
