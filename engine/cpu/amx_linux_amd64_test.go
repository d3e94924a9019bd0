//go:build !noasm

package cpu

import (
	"errors"
	"os"
	"testing"

	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/kernel/amxemu"
)

// The engine on the amx set, in a process whose AMX instructions are emulated:
// a part of the table of operations.
func TestOperationsOnEmulatedAMX(t *testing.T) {
	if os.Getenv("AMDIM_AMX") != "" {
		t.Skip("this is the emulated process, or AMDIM_AMX is set")
	}
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	sets := kernel.Sets()
	if best := sets[len(sets)-1].Name; best != "avx2" && best != "avx512" {
		t.Skipf("the best set is %s: no need to emulate AMX, or nothing to build it on", best)
	}
	const run = "^TestOperationsEqualTheReference$/^amx_bf16$/(network|many_locations|linear_relu|^nce)"
	res, err := amxemu.Again(run, 10000)
	if errors.Is(err, amxemu.ErrNoTrace) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d instructions", res.Instructions)
}
