//go:build !noasm

package kernel

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/kernel/amxemu"
)

// The tests of products and packers once more, in a process whose AMX instructions are
// emulated: most machines have none.
func TestAMXUnderEmulation(t *testing.T) {
	needsEmulation(t)
	res, err := amxemu.Again("^Test(Gemm|Kernels|Pack|Peak)/^amx$", 1000, "-test.short")
	if errors.Is(err, amxemu.ErrNoTrace) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d instructions", res.Instructions)
}

// needsEmulation skips a test where AMX is there, or would do nothing.
func needsEmulation(t *testing.T) {
	if os.Getenv("AMDIM_AMX") != "" {
		t.Skip("this is the emulated process, or AMDIM_AMX is set")
	}
	if hasAMX() {
		t.Skip("this processor has AMX: the other tests run on it")
	}
	if len(archSets()) == 0 {
		t.Skip("the amx set needs AVX2 beside AMX")
	}
}

// Else tests of edges would see nothing of what AMX instructions read and write.
func TestEmulatedAMXReachesNoProtectedMemory(t *testing.T) {
	const n = amxRows // and as many columns and products
	a, b, c := make([]BF16, n*n), make([]BF16, n*n), make([]float32, n*n)
	beyond := map[string]func(){ // by a row
		"load":  func() { gemmAMX(c, n, edge[BF16](t, n*n)[n:], n, b, n, n, false) },
		"store": func() { gemmAMX(edge[float32](t, n*n)[n:], n, a, n, b, n, n, false) },
	}
	if of := os.Getenv("AMDIM_TEST_BEYOND"); of != "" {
		beyond[of]()
		return
	}
	needsEmulation(t)
	for of := range beyond {
		t.Setenv("AMDIM_TEST_BEYOND", of)
		_, err := amxemu.Again("^TestEmulatedAMXReachesNoProtectedMemory$", 1)
		if errors.Is(err, amxemu.ErrNoTrace) {
			t.Skip(err)
		}
		if err == nil || !strings.Contains(err.Error(), "row 15 of tile") {
			t.Errorf("a %s beyond memory: %v", of, err)
		}
	}
}
