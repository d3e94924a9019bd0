//go:build !(torch && linux)

package torch

import (
	"strings"
	"testing"
)

func TestOpenSaysHowToBuild(t *testing.T) {
	if _, err := Open(""); err == nil || !strings.Contains(err.Error(), "make torch") {
		t.Errorf("without the tag torch: %v", err)
	}
}
