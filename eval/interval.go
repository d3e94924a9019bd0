package eval

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const confidence = 0.95

// What an Interval was taken over. Of several runs it is OverSeeds + AndImages, or such.
const (
	OverSeeds  = "seeds"
	OverDraws  = "draws"
	OverFolds  = "folds"
	AndImages  = ", images"
	OverImages = "test images"
	OverHeld   = "validation images"
)

// Interval is where the accuracy on infinitely many such images lies with 95 %
// confidence, as the mean of infinitely many such runs if there are several.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Over string  `json:"over"`
}

// String is the interval in percent: "51.24 to 51.62".
func (i Interval) String() string { return fmt.Sprintf("%.2f to %.2f", 100*i.Low, 100*i.High) }

// Half is half the width of the interval that holds the mean of infinitely many such runs
// with 95 % confidence, by Student's t; 0 for a single run, which does not say:
//
//	mean ± t₀.₉₇₅(n − 1)·std/√n
func (s Score) Half() float64 {
	if len(s.Runs) < 2 {
		return 0
	}
	n := float64(len(s.Runs))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + confidence) / 2)
	return t * s.Std / math.Sqrt(n)
}

// runsInterval is the interval of several runs on the same n images: what they differ in
// and which images there are do so independently, so the squares of half widths add up.
func runsInterval(s Score, n int, over string) Interval {
	images, half := WilsonInterval(s.Mean, n, over), s.Half()
	return Interval{
		max(0, s.Mean-math.Hypot(s.Mean-images.Low, half)),
		min(1, s.Mean+math.Hypot(images.High-s.Mean, half)), over + AndImages,
	}
}

// WilsonInterval is the score interval for a share p of n images that are right
// (Wilson 1927, Journal of the American Statistical Association 22, 209–212):
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// with z the normal quantile at 0.975.
func WilsonInterval(p float64, n int, over string) Interval {
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	m := float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m)) / (1 + z*z/m)
	return Interval{max(0, middle-half), min(1, middle+half), over} // at 0 and 1, rounding goes beyond
}
