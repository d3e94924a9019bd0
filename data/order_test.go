package data

import "testing"

// BenchmarkOrder is the order of an epoch of CIFAR-10.
func BenchmarkOrder(b *testing.B) {
	o := &shuffled{n: 50_000, size: 128, share: Share{Of: 1}, seed: 1}
	var dst []int
	for epoch := 0; b.Loop(); epoch++ {
		dst, _ = o.batch(dst[:0], Cursor{Epoch: epoch})
	}
}
