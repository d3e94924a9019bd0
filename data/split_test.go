package data

import (
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
