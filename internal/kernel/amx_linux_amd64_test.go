//go:build !noasm

package kernel

import (
	"errors"
	"os"
	"testing"

	"github.com/amdim/amdim/internal/kernel/amxemu"
)

// The tests of products and packers once more, in a process whose AMX instructions are
// emulated: most machines have none.
func TestAMXUnderEmulation(t *testing.T) {
	if os.Getenv("AMDIM_AMX") != "" {
		t.Skip("this is the emulated process, or AMDIM_AMX is set")
	}
	if hasAMX() {
		t.Skip("this processor has AMX: the other tests run on it")
	}
	if len(archSets()) == 0 {
		t.Skip("the amx set needs AVX2 beside AMX")
	}
	res, err := amxemu.Again("^Test(Gemm|Kernels|Pack|Peak)/^amx$", 1000, "-test.short")
	if errors.Is(err, amxemu.ErrNoTrace) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d instructions", res.Instructions)
}
