package segment

import (
	"math"

	"github.com/amdim/amdim/internal/rng"
)

func randomMap(s *rng.Stream, w, h, labels int) Map {
	m := NewMap(h, w)
	for i := range m.Label {
		m.Label[i] = int32(s.IntN(labels))
	}
	return m
}

// mapOf labels the pixel in column x of row y with f(x, y).
func mapOf(w, h int, f func(x, y int) int) Map {
	m := NewMap(h, w)
	for i := range m.Label {
		m.Label[i] = int32(f(i%w, i/w))
	}
	return m
}

func singletons(w, h int) Map { return mapOf(w, h, func(x, y int) int { return y*w + x }) }

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
