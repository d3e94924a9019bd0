// Package forest joins images that belong together into groups: disjoint sets with
// union and find.
//
//	f := forest.New(4)
//	f.Join(1, 3)
//	f.Root(3) // 1, the first image of the group of 3
package forest
