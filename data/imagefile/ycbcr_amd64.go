//go:build !noasm

package imagefile

import (
	"os"

	"golang.org/x/sys/cpu"
)

// vector says that rows are converted in AVX2; AMDIM_KERNEL=generic switches that off.
var vector = cpu.X86.HasAVX2 && os.Getenv("AMDIM_KERNEL") != "generic"

// The twin of these loops is the one of fromYCbCr. Pixels of 3 bytes from n of luma
// and n of each chroma; n is a multiple of 8, not 0.
//
//go:noescape
func wholeYCbCrAVX2(out, y, cb, cr *uint8, n int)

// The same from n/2 of each chroma.
//
//go:noescape
func halfYCbCrAVX2(out, y, cb, cr *uint8, n int)

// ycbcrVector converts the first pixels of a row in AVX2 and returns how many those
// were. A byte of cb and cr is that of 1<<shift pixels, the first of out among them.
func ycbcrVector(out, y, cb, cr []uint8, shift int) int {
	n := min(len(out)/3, len(y), len(cb)<<shift, len(cr)<<shift) &^ 7
	switch {
	case !vector || n == 0:
		return 0
	case shift == 0:
		wholeYCbCrAVX2(&out[0], &y[0], &cb[0], &cr[0], n)
	case shift == 1:
		halfYCbCrAVX2(&out[0], &y[0], &cb[0], &cr[0], n)
	default:
		return 0
	}
	return n
}
