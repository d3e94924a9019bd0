package segment

import "fmt"

// Map is a segmentation of an image: pixels of one label are one segment. Labels
// are mere names, from 0; the same partition under other names is the same
// segmentation.
type Map struct {
	H, W  int
	Label []int32 // (H, W)
}

// NewMap returns a map of one segment, label 0.
func NewMap(h, w int) Map { return Map{W: w, H: h, Label: make([]int32, w*h)} }

// At is the label of the pixel in row y and column x.
func (m Map) At(y, x int) int32 { return m.Label[y*m.W+x] }

// Validate returns an error if the labels are not a map of the stated size.
func (m Map) Validate() error {
	if m.W < 1 || m.H < 1 || len(m.Label) != m.W*m.H {
		return fmt.Errorf("segment: %d labels for a map of %d×%d", len(m.Label), m.W, m.H)
	}
	for i, l := range m.Label {
		if l < 0 {
			return fmt.Errorf("segment: label %d at column %d of row %d, need 0 or more", l, i%m.W, i/m.W)
		}
	}
	return nil
}

// Compact returns the map with its labels renamed 0, 1, … in order of their first
// pixel, and how many there are.
func (m Map) Compact() (Map, int) {
	names := map[int32]int32{}
	c := NewMap(m.H, m.W)
	for i, l := range m.Label {
		name, ok := names[l]
		if !ok {
			name = int32(len(names))
			names[l] = name
		}
		c.Label[i] = name
	}
	return c, len(names)
}

// segments returns the labels that occur, in order, and their pixel counts.
func (m Map) segments() []Segment {
	count := map[int32]int64{}
	for _, l := range m.Label {
		count[l]++
	}
	return segments(count)
}
