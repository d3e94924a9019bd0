package report

import (
	"fmt"
	"html/template"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/tensor"
)

// Matching shows where in images the network finds what it expects from the
// whole of a query: PAPER section 6.
type Matching struct {
	Rows  []MatchRow
	Rule  string  // by which the rows were chosen, a sentence
	Among int     // how many images Found is over
	Found float64 // share of queries whose own view has the highest mean score among that many
}

// Guess is the share that guessing would find.
func (m Matching) Guess() float64 { return 1 / float64(max(m.Among, 1)) }

// MatchRow is a query and its maps over other images, on one scale of colours.
type MatchRow struct {
	Query   tensor.Image
	Name    string // of the query's class, or empty
	Targets []MatchTarget
}

// MatchTarget is an image with the scores of the query at each of its locations.
type MatchTarget struct {
	Image  tensor.Image
	Kind   string // "own view", …
	Name   string // of the image's class, or empty
	Scores []float32
}

// Mean is the mean score.
func (t MatchTarget) Mean() float64 {
	sum := 0.0
	for _, s := range t.Scores {
		sum += float64(s)
	}
	return sum / float64(max(len(t.Scores), 1))
}

// ends returns the lowest and the highest score of the row.
func (r MatchRow) ends() (lo, hi float64) {
	for i, t := range r.Targets {
		for j, s := range t.Scores {
			if i+j == 0 {
				lo, hi = float64(s), float64(s)
			}
			lo, hi = min(lo, float64(s)), max(hi, float64(s))
		}
	}
	return lo, hi
}

// Low and High are the ends of the range, for the legend.
func (r MatchRow) Low() string  { lo, _ := r.ends(); return fmt.Sprintf("%.1f", lo) }
func (r MatchRow) High() string { _, hi := r.ends(); return fmt.Sprintf("%.1f", hi) }

// Heat is the map of target i as a picture.
func (r MatchRow) Heat(i int) (template.URL, error) {
	lo, hi := r.ends()
	return heatURI(r.Targets[i].Scores, encoder.MapSide, lo, hi)
}
