//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// variants are the sets of this machine but generic, and what avx512 would be on a
// processor without BF16 products and on one of another maker.
func variants() []*Set {
	sets := archSets()
	if cpu.X86.HasAVX512BF16 {
		without, other := avx512Set(false, false), avx512Set(true, !fastDot(cpuVendor()))
		without.Name, other.Name = "avx512-without-bf16", "avx512-of-another-maker"
		sets = append(sets, without, other)
	}
	return sets
}
