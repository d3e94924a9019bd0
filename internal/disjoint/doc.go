// Package disjoint holds disjoint sets that are joined, with union and find: Sets, and
// Shared for several goroutines at once. A set is known by its least element.
//
//	s := disjoint.New(4)
//	s.Join(1, 3)
//	s.Root(3) // 1
package disjoint
