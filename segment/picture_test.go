package segment

import (
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

func TestOverlayMixesColours(t *testing.T) {
	img := tensor.NewImage(1, 3)
	copy(img.Pix, []uint8{0, 0, 0, 100, 100, 100, 255, 255, 255})
	m := Map{W: 3, H: 1, Label: []int32{0, 0, 1}}
	for _, c := range []struct {
		o    Overlay
		want []uint8
	}{
		{Overlay{}, img.Pix},
		{Overlay{Opacity: 1}, []uint8{230, 159, 0, 230, 159, 0, 86, 180, 233}},
		{Overlay{Opacity: 0.5}, []uint8{115, 80, 0, 165, 130, 50, 171, 218, 244}},
		{Overlay{Opacity: 0.5, Boundaries: true}, []uint8{115, 80, 0, 165, 130, 50, 255, 255, 255}},
		{
			Overlay{Opacity: 1, Confidence: []float32{0, 0.5, 7}},
			[]uint8{0, 0, 0, 165, 130, 50, 86, 180, 233},
		},
	} {
		got, err := c.o.Draw(img, m)
		if err != nil || !slices.Equal(got.Pix, c.want) {
			t.Errorf("%+v: %v %v, want %v", c.o, got.Pix, err, c.want)
		}
	}
	column := Map{W: 1, H: 3, Label: []int32{4, 9, 9}}
	got, err := Overlay{Boundaries: true}.Draw(tensor.NewImage(3, 1), column)
	if err != nil || !slices.Equal(got.Pix, []uint8{0, 0, 0, 255, 255, 255, 0, 0, 0}) {
		t.Errorf("a column: %v %v", got.Pix, err)
	}
	const side = 3 * visible
	wide := NewMap(side, side)
	for i := range wide.Label {
		wide.Label[i] = int32(i % side / (side / 2))
	}
	got, err = Overlay{Boundaries: true}.Draw(tensor.NewImage(side, side), wide)
	white := 0
	for x := range side {
		white += int(got.Pix[3*(side*side/2+x)]) / 255
	}
	if err != nil || white != 3 {
		t.Errorf("the boundary of an image of %d pixels is %d wide, want 3: %v", side, white, err)
	}
	if got := m.Picture(); !slices.Equal(got.Pix, []uint8{230, 159, 0, 230, 159, 0, 86, 180, 233}) {
		t.Errorf("picture %v", got.Pix)
	}
}

func TestOverlayNamesSizesThatDiffer(t *testing.T) {
	for _, c := range []struct {
		o    Overlay
		m    Map
		want string
	}{
		{Overlay{}, NewMap(2, 3), "segment: a map of 3×2 for an image of 2×3"},
		{Overlay{}, Map{W: 2, H: 3}, "segment: 0 labels for a map of 2×3"},
		{Overlay{Confidence: make([]float32, 5)}, NewMap(3, 2), "segment: 5 values of confidence for a map of 2×3"},
	} {
		if _, err := c.o.Draw(tensor.NewImage(3, 2), c.m); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

func randomImage(s *rng.Stream, h, w int) tensor.Image {
	img := tensor.NewImage(h, w)
	for i := range img.Pix {
		img.Pix[i] = uint8(s.IntN(256))
	}
	return img
}
