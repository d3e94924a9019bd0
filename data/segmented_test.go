package data

import (
	"errors"
	"strings"
	"testing"

	"github.com/amdim/amdim/segment"
)

// checkMaps: they are maps of an image of w×h.
func checkMaps(t *testing.T, maps []segment.Map, w, h int) {
	t.Helper()
	for i, m := range maps {
		if err := m.Validate(); err != nil || m.W != w || m.H != h {
			t.Errorf("map %d of %d×%d for an image of %d×%d: %v", i, m.W, m.H, w, h, err)
		}
	}
}

func TestShapesAreSegmentedByTheirMask(t *testing.T) {
	c := DefaultShapes()
	c.Train, c.Size = 3, 40
	s, err := NewShapes(c, Train)
	if err != nil {
		t.Fatal(err)
	}
	var set Masked = s
	for i := range set.Len() {
		maps, err := set.Truths(i)
		if err != nil || len(maps) != 1 {
			t.Fatalf("%d maps, %v", len(maps), err)
		}
		checkMaps(t, maps, 40, 40)
		for k, object := range set.Mask(i) {
			if maps[0].Label[k] != int32(object) {
				t.Fatalf("picture %d: label %d where the mask is %d", i, maps[0].Label[k], object)
			}
		}
	}
}

func TestOnlySegmentedImagesAreOpenedAsSuch(t *testing.T) {
	set, err := OpenSegmented("shapes:train=5,test=3", Test, Options{})
	if err != nil || set.Len() != 3 {
		t.Errorf("shapes: %v, %v", set, err)
	}
	dir := t.TempDir()
	writeFiles(t, dir, map[string][]byte{"a.png": nil, "b.png": nil})
	spec := "folder:" + dir
	_, err = OpenSegmented(spec, Train, Options{})
	if !errors.Is(err, ErrNotSegmented) || !strings.Contains(err.Error(), spec) {
		t.Errorf("photographs: %v", err)
	}
	_, err = OpenSegmented("folder:nowhere", Train, Options{})
	if err == nil || errors.Is(err, ErrNotSegmented) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
