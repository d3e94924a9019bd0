package segment

import (
	"slices"
	"testing"
)

func TestCompactKeepsThePartition(t *testing.T) {
	m := Map{W: 3, H: 2, Label: []int32{7, 7, 2, 900, 2, 7}}
	c, n := m.Compact()
	if want := []int32{0, 0, 1, 2, 1, 0}; n != 3 || !slices.Equal(c.Label, want) {
		t.Errorf("%d labels %v, want 3: %v", n, c.Label, want)
	}
}

func TestValidateNamesTheFault(t *testing.T) {
	for _, c := range []struct {
		m    Map
		want string
	}{
		{Map{W: 2, H: 1, Label: []int32{0}}, "segment: 1 labels for a map of 2×1"},
		{Map{W: 2, H: 2, Label: []int32{0, 1, 2, -1}}, "segment: label -1 at column 1 of row 1, need 0 or more"},
	} {
		if err := c.m.Validate(); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if err := NewMap(2, 3).Validate(); err != nil {
		t.Error(err)
	}
}
