package main

// countedSeeds are the seeds of n probes: 1, 2, …
func countedSeeds(n int) []uint64 {
	seeds := make([]uint64, n)
	for i := range seeds {
		seeds[i] = uint64(i + 1)
	}
	return seeds
}

// seedsOf are those of a flag.
func seedsOf(flags []uint) []uint64 {
	var seeds []uint64
	for _, s := range flags {
		seeds = append(seeds, uint64(s))
	}
	return seeds
}
