//go:build torch && linux

package torch

import (
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

func TestOpenNamesWhatIsMissing(t *testing.T) {
	if _, err := Open("no/such.so"); err == nil || !strings.Contains(err.Error(), "no/such.so") ||
		!strings.Contains(err.Error(), "make torch") {
		t.Errorf("a file that is not there: %v", err)
	}
}
