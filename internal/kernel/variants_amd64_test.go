//go:build !noasm

package kernel

import "golang.org/x/sys/cpu"

// variants are the sets of this machine but generic, and what they would be on
// a processor without BF16 products.
func variants() []*Set {
	sets := archSets()
	if cpu.X86.HasAVX512BF16 {
		s := avx512Set(false)
		s.Name = "avx512-without-bf16"
		sets = append(sets, s)
	}
	return sets
}
