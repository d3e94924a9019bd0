package segment

import (
	"image/color"
	"testing"
)

func TestPaletteHasNoColourTwice(t *testing.T) {
	p := Palette()
	seen := map[color.Color]int{}
	for i, c := range p {
		if j, ok := seen[c]; ok {
			t.Errorf("labels %d and %d are both %v", j, i, c)
		}
		seen[c] = i
	}
	if p[0] != (color.RGBA{230, 159, 0, 255}) || len(p) != 256 {
		t.Errorf("%d colours from %v", len(p), p[0])
	}
	all := colours()
	for i := range 16 {
		for j := range i {
			if d := apart(all[i], all[j]); d < 5000 { // 41 of 255 in blue, 29 in green without red cones
				t.Errorf("labels %d and %d are %d apart", j, i, d)
			}
		}
	}
}
