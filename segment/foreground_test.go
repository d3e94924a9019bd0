package segment

import (
	"slices"
	"testing"
)

// disc is label 1 on label 0, off the border.
func disc(w, h, r int) Map {
	return mapOf(w, h, func(x, y int) int {
		if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < r*r {
			return 1
		}
		return 0
	})
}

func maskOf(m Map, label int32) []bool {
	mask := make([]bool, len(m.Label))
	for i, l := range m.Label {
		mask[i] = l == label
	}
	return mask
}

func TestForegroundKeepsOffTheBorder(t *testing.T) {
	sky := func(x, y int) int { return min(y/4, 1) }
	strip := func(on bool) int {
		if on {
			return 1
		}
		return 0
	}
	for _, c := range []struct {
		name string
		m    Map
		want []int32
	}{
		{"a disc", disc(20, 16, 5), []int32{1}},
		{"one segment", NewMap(4, 5), []int32{0}},
		{"one pixel", NewMap(1, 1), []int32{0}},
		{"sky of a quarter over ground", mapOf(16, 16, sky), []int32{1}},
		{"a strip at the left", mapOf(12, 8, func(x, _ int) int { return strip(x == 0) }), []int32{0}},
		{"at the right", mapOf(12, 8, func(x, _ int) int { return strip(x == 11) }), []int32{0}},
		{"at the top", mapOf(12, 8, func(_, y int) int { return strip(y == 0) }), []int32{0}},
		{"at the bottom", mapOf(12, 8, func(_, y int) int { return strip(y == 7) }), []int32{0}},
		{"halves hold what their area gives", mapOf(8, 8, func(x, _ int) int { return x / 4 }), []int32{0, 1}},
	} {
		if got := Foreground(c.m); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestForegroundIoUCountsPixels(t *testing.T) {
	m := Map{W: 4, H: 1, Label: []int32{0, 1, 2, 2}}
	for _, c := range []struct {
		labels []int32
		mask   []bool
		want   float64
	}{
		{[]int32{1, 2}, []bool{false, true, true, true}, 1},
		{[]int32{1}, []bool{false, true, true, true}, 1. / 3},
		{[]int32{0, 1}, []bool{false, true, true, true}, 0.25},
		{nil, []bool{false, true, false, false}, 0},
		{nil, make([]bool, 4), 1},
		{[]int32{7}, make([]bool, 4), 1},
	} {
		got, err := ForegroundIoU(m, c.labels, c.mask)
		if err != nil || got != c.want {
			t.Errorf("%v of %v: %v %v, want %v", c.labels, c.mask, got, err, c.want)
		}
	}
}

func TestOracleIsTheBestLabel(t *testing.T) {
	m := Map{W: 6, H: 1, Label: []int32{3, 3, 5, 5, 5, 9}}
	for _, c := range []struct {
		mask  []bool
		label int32
		iou   float64
	}{
		{[]bool{true, false, true, true, false, false}, 5, 0.5},
		{[]bool{false, false, false, false, false, true}, 9, 1},
		{[]bool{true, true, true, true, true, true}, 5, 0.5},
		{make([]bool, 6), 3, 0},
	} {
		label, iou, err := Oracle(m, c.mask)
		if err != nil || label != c.label || iou != c.iou {
			t.Errorf("%v: label %d, %v, %v", c.mask, label, iou, err)
		}
		for _, l := range []int32{3, 5, 9} {
			if v, err := ForegroundIoU(m, []int32{l}, c.mask); err != nil || v > iou {
				t.Errorf("label %d has %v, the oracle %v", l, v, iou)
			}
		}
	}
	d := disc(20, 16, 5)
	if v, err := ForegroundIoU(d, Foreground(d), maskOf(d, 1)); v != 1 || err != nil {
		t.Errorf("a disc has %v %v", v, err)
	}
	want := "segment: a mask of 5 pixels for a map of 6×1"
	if _, _, err := Oracle(m, make([]bool, 5)); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := ForegroundIoU(m, nil, make([]bool, 5)); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
