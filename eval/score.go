package eval

import (
	"fmt"
	"math"
)

// Score is an accuracy over runs that differ only in the seed.
type Score struct {
	Mean float64   `json:"mean"`
	Std  float64   `json:"std"` // sample standard deviation; 0 for a single run
	Runs []float64 `json:"runs"`
}

// NewScore summarises runs.
func NewScore(runs ...float64) Score {
	s := Score{Runs: runs}
	for _, r := range runs {
		s.Mean += r / float64(len(runs))
	}
	if len(runs) > 1 {
		for _, r := range runs {
			s.Std += (r - s.Mean) * (r - s.Mean) / float64(len(runs)-1)
		}
		s.Std = math.Sqrt(s.Std)
	}
	return s
}

// String is the score in percent: "71.03 ± 0.12", or "72.04" for a single run.
func (s Score) String() string {
	if len(s.Runs) < 2 {
		return fmt.Sprintf("%.2f", 100*s.Mean)
	}
	return fmt.Sprintf("%.2f ± %.2f", 100*s.Mean, 100*s.Std)
}
