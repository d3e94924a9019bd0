package segment

import (
	"bytes"
	"slices"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
)

func TestLabelsComeBackFromPNG(t *testing.T) {
	for _, m := range []Map{
		{W: 2, H: 1, Label: []int32{0, 0}},
		{W: 3, H: 2, Label: []int32{0, 255, 7, 7, 1, 0}},
		{W: 3, H: 2, Label: []int32{0, 256, 7, 7, 65535, 0}},
		mapOf(16, 17, func(x, y int) int { return x + 16*y }),
	} {
		var file bytes.Buffer
		if err := m.WritePNG(&file); err != nil {
			t.Fatal(err)
		}
		if got, err := imagefile.Labels(file.Bytes(), m.W, m.H); err != nil || !slices.Equal(got, m.Label) {
			t.Errorf("%v: %v %v", m, got, err)
		}
	}
}

func TestALabelTooLargeForPNGIsRefused(t *testing.T) {
	var file bytes.Buffer
	err := Map{W: 1, H: 1, Label: []int32{65536}}.WritePNG(&file)
	if want := "segment: label 65536 does not fit a PNG of 16 bits; rename labels with Compact"; err == nil ||
		err.Error() != want || file.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, file.Len())
	}
}
