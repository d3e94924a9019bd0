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
	if err := NewMap(3, 2).Validate(); err != nil {
		t.Error(err)
	}
}

// As tensor.Image.
func TestAMapTakesRowsBeforeColumns(t *testing.T) {
	m := NewMap(3, 2)
	m.Label[1*2+0] = 7
	if m.H != 3 || m.W != 2 || m.At(1, 0) != 7 || m.At(0, 1) != 0 {
		t.Errorf("row 1, column 0 of %+v is %d", m, m.At(1, 0))
	}
}
