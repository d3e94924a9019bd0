//go:build !noasm

package kernel

import "encoding/binary"

// vendorWords are EBX, EDX and ECX of CPUID, leaf 0.
//
//go:noescape
func vendorWords() (b, d, c uint32)

// cpuVendor names the maker of the processor, such as GenuineIntel. Intel 64 and IA-32
// Architectures Software Developer's Manual, volume 2, CPUID.
func cpuVendor() string {
	var name []byte
	b, d, c := vendorWords()
	for _, word := range []uint32{b, d, c} {
		name = binary.LittleEndian.AppendUint32(name, word)
	}
	return string(name)
}

// fastDot reports whether VDPBF16PS outruns float32 multiply-adds on processors of this
// maker that have it: by name and not by timing, so that every run chooses alike. AMD's
// (Zen 4, Zen 5) do twice the operations per second. Of Intel's, Cooper Lake does as
// many, and later ones do half (bench/2026-11-27_avx512.md): they have AMX, which a
// virtual machine may hide.
func fastDot(vendor string) bool { return vendor == "AuthenticAMD" }
