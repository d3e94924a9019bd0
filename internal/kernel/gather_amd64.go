//go:build !noasm

package kernel

import "unsafe"

// gatherRowsAVX512 gathers rows ≥ 1 of runs ≥ 1 pieces of run ≤ 64 bytes followed by
// tail ≤ 64 bytes of zeros; ld and step are in bytes, size those of an element. The
// twin is gatherRowsGeneric.
//
//go:noescape
func gatherRowsAVX512(dst, src unsafe.Pointer, off *int32, rows, ld, runs, run, step, tail, size int)

// gatherShort is GatherRows with masked loads for short pieces, such as those of an
// image's three channels; longer ones are left to the generic loop, which copies.
func gatherShort[E Elem](dst []E, ld int, src []E, off []int32, runs, run, step int) {
	const (
		vector = 64
		most   = stretch / vector // rows of one call
	)
	size := int(unsafe.Sizeof(dst[0]))
	tail := ld - runs*run
	if run*size > vector || tail*size > vector {
		gatherRowsGeneric(dst, ld, src, off, runs, run, step)
		return
	}
	for i := 0; i < len(off); i += most {
		gatherRowsAVX512(unsafe.Pointer(&dst[i*ld]), unsafe.Pointer(&src[0]), &off[i], min(most, len(off)-i),
			ld*size, runs, run*size, step*size, tail*size, size)
	}
}
