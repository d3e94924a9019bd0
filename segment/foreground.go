package segment

import "fmt"

// Foreground returns the labels that are not background by a rule that sees only
// the map: a label is background if it has a larger share of the image's border
// than of its area. Photographers keep the object off the border.
//
// As both shares sum to 1 over all labels, at least one label is foreground; a map
// of one segment is all foreground.
func Foreground(m Map) []int32 {
	area, border := map[int32]int{}, map[int32]int{}
	edge := 0
	for i, l := range m.Label {
		area[l]++
		x, y := i%m.W, i/m.W
		if x == 0 || y == 0 || x == m.W-1 || y == m.H-1 {
			border[l]++
			edge++
		}
	}
	var labels []int32
	for _, s := range m.segments() {
		if border[s.Label]*len(m.Label) <= area[s.Label]*edge {
			labels = append(labels, s.Label)
		}
	}
	return labels
}

// ForegroundIoU is the intersection over union of the labels' pixels with a mask
// (H, W); 1 if both are empty.
func ForegroundIoU(m Map, labels []int32, mask []bool) (float64, error) {
	if err := m.checkMask(mask); err != nil {
		return 0, err
	}
	taken := map[int32]bool{}
	for _, l := range labels {
		taken[l] = true
	}
	var both, either int
	for i, l := range m.Label {
		if taken[l] && mask[i] {
			both++
		}
		if taken[l] || mask[i] {
			either++
		}
	}
	if either == 0 {
		return 1, nil
	}
	return float64(both) / float64(either), nil
}

// Oracle returns the single label with the best intersection over union with the mask, and that
// value. It looks at the mask, so its value is an upper bound for rules that choose one label
// without it, not a result. Foreground may choose several labels and fit better.
func Oracle(m Map, mask []bool) (label int32, iou float64, err error) {
	if err := m.checkMask(mask); err != nil {
		return 0, 0, err
	}
	inside, masked := map[int32]int64{}, int64(0)
	for i, l := range m.Label {
		if mask[i] {
			inside[l]++
			masked++
		}
	}
	iou = -1
	for _, s := range m.segments() {
		n := inside[s.Label]
		if v := float64(n) / float64(s.N+masked-n); v > iou {
			label, iou = s.Label, v
		}
	}
	return label, iou, nil
}

func (m Map) checkMask(mask []bool) error {
	if err := m.Validate(); err != nil {
		return err
	}
	if len(mask) != len(m.Label) {
		return fmt.Errorf("segment: a mask of %d pixels for a map of %d×%d", len(mask), m.W, m.H)
	}
	return nil
}
