//go:build !noasm

package kernel

import (
	"testing"

	"golang.org/x/sys/cpu"
)

func TestDotIsFastOnAMDAlone(t *testing.T) {
	for vendor, want := range map[string]bool{
		"AuthenticAMD": true,
		"GenuineIntel": false,
		"HygonGenuine": false,
		"CentaurHauls": false,
		"":             false,
	} {
		if got := fastDot(vendor); got != want {
			t.Errorf("fastDot(%q) = %v, want %v", vendor, got, want)
		}
	}
}

// The set that is chosen follows the rule, on whatever processor this is.
func TestSetTakesFastDotAlone(t *testing.T) {
	vendor := cpuVendor()
	want := cpu.X86.HasAVX512BF16 && fastDot(vendor)
	for _, s := range archSets() {
		if s.Name == "avx512" && s.FastBF16 != want {
			t.Errorf("FastBF16 of avx512 on %q is %v, want %v", vendor, s.FastBF16, want)
		}
	}
}

func TestVendorIsOfLetters(t *testing.T) {
	vendor := cpuVendor()
	if len(vendor) != 12 {
		t.Errorf("vendor %q has %d letters, want 12", vendor, len(vendor))
	}
	for _, c := range []byte(vendor) {
		if c < ' ' || c > '~' {
			t.Errorf("vendor %q has a byte %#x, want ASCII", vendor, c)
		}
	}
}
