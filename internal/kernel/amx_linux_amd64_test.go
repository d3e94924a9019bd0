//go:build !noasm

package kernel

import (
	"errors"
	"os"
	"path/filepath"
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
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	args := []string{os.Args[0], "-test.run=^Test(Gemm|Kernels|Pack|Peak)/^amx$", "-test.short", "-test.count=1"}
	res, err := amxemu.Run(os.Args[0], args, append(os.Environ(), "AMDIM_AMX=emulated"), out)
	if errors.Is(err, amxemu.ErrNoTrace) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d AMX instructions", res.Instructions)
	if res.Exit != 0 {
		t.Fatalf("exit status %d:\n%s", res.Exit, text)
	}
	if res.Instructions < 1000 {
		t.Fatalf("only %d AMX instructions:\n%s", res.Instructions, text)
	}
}
