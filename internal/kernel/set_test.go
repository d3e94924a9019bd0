package kernel

import (
	"strings"
	"testing"
)

func TestByName(t *testing.T) {
	t.Setenv("AMDIM_KERNEL", "")
	sets := Sets()
	if sets[0].Name != "generic" {
		t.Errorf("the first set is %s, want generic", sets[0].Name)
	}
	best := sets[len(sets)-1].Name
	if s, err := ByName(""); err != nil || s.Name != best {
		t.Errorf("without a name: %v, %v; want %s", s, err, best)
	}
	t.Setenv("AMDIM_KERNEL", "generic")
	if s, err := ByName(""); err != nil || s.Name != "generic" {
		t.Errorf("AMDIM_KERNEL=generic: %v, %v", s, err)
	}
	if s, err := ByName(best); err != nil || s.Name != best {
		t.Errorf("a name beside AMDIM_KERNEL: %v, %v; want %s", s, err, best)
	}
	t.Setenv("AMDIM_KERNEL", "sse9")
	const want = "AMDIM_KERNEL=sse9: this processor has generic"
	if _, err := ByName(""); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}
