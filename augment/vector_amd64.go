//go:build !noasm

package augment

import (
	"os"

	"golang.org/x/sys/cpu"
)

// vector says that the loops run in AVX2; AMDIM_KERNEL=generic switches that off.
var vector = cpu.X86.HasAVX2 && os.Getenv("AMDIM_KERNEL") != "generic"
