package data

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestASplitIsOpenedByItsName(t *testing.T) {
	for name, want := range map[string]int{"": 5, "train": 5, "test": 3, "pretrain": 5} {
		set, split, err := OpenSplit("shapes:train=5,test=3", name, Options{})
		if err != nil || set.Len() != want || name != "" && split != name || name == "" && split != "train" {
			t.Errorf("%q: split %q, %v", name, split, err)
		}
	}
	if _, _, err := OpenSplit("shapes", "val", Options{}); err == nil ||
		!strings.Contains(err.Error(), `"val"`) {
		t.Errorf("val: %v", err)
	}
}

// A small folder may hold no image out by its name; one that is not there is an error.
func TestWhatIsHeldOutMayBeNothing(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string][]byte{"plain 0.png": nil})
	if set, err := OpenHeldOut("folder:"+dir, Options{}); set != nil || err != nil {
		t.Errorf("a folder of one image: %v, %v", set, err)
	}
	if set, err := OpenHeldOut("shapes:train=5,test=3", Options{}); err != nil || set.Len() != 3 {
		t.Errorf("shapes: %v, %v", set, err)
	}
	if _, err := OpenHeldOut("folder:"+filepath.Join(dir, "none"), Options{}); err == nil {
		t.Error("a folder that is not there: no error")
	}
}
