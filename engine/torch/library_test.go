//go:build torch && linux

package torch

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// shared is the library that all tests use: it is never unloaded.
var shared = sync.OnceValues(func() (*Library, error) { return Open("") })

func TestLibraryKnowsItsTorch(t *testing.T) {
	v := library(t).Version()
	if major, _, ok := strings.Cut(v, "."); !ok || (major != "1" && major != "2") {
		t.Errorf("version %q", v)
	}
}

// A level that there is not makes torch speak.
func TestLogLevelIsRead(t *testing.T) {
	c := startGroup(t, "collectives", Place{Size: 1}, "TORCH_CPP_LOG_LEVEL=loud")[0]
	out, err := c.wait()
	if text := c.err.String(); err != nil || !strings.Contains(text, "TORCH_CPP_LOG_LEVEL") {
		t.Errorf("%v: %s; on standard error %q", err, out, text)
	}
}

// The first line of NCCL's errors says where they are in torch's sources, the last one why.
func TestReasonOfNCCLIsKept(t *testing.T) {
	const first = "NCCL error in: /torch/NCCLUtils.hpp:268, unhandled cuda error, NCCL version 2.21.5"
	const detail, last = "\nncclUnhandledCudaError: Call to CUDA function failed.", "\nLast error:\n"
	for text, want := range map[string]string{
		first:                                    "",
		first + detail:                           "",
		first + detail + last + "Cuda failure 2": "; Cuda failure 2",
		first + detail + last + "Cuda failure 2\nException raised from f at x.cpp:1\n#0": "; Cuda failure 2",
	} {
		if got := brief(text); got != first+want {
			t.Errorf("%q of %q", got, text)
		}
	}
}

func TestOpenNamesWhatIsMissing(t *testing.T) {
	if _, err := Open("no/such.so"); err == nil || !strings.Contains(err.Error(), "no/such.so") ||
		!strings.Contains(err.Error(), "make torch") {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Loading a part of a file would be a fault in this process.
func TestOpenRefusesAPartOfAFile(t *testing.T) {
	whole, err := os.ReadFile(library(t).path)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	for _, n := range []int{0, 10, 100, 1 << 16, len(whole) / 2, len(whole) - 1} {
		if err := os.WriteFile(path, whole[:n], 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path+" is cut off") {
			t.Errorf("%d of %d bytes: %v", n, len(whole), err)
		}
	}
	text := strings.Repeat("no library\n", 100)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "invalid ELF header") {
		t.Errorf("a text: %v", err)
	}
}
