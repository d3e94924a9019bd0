package eval

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

const confidence = 0.95

// What an Interval was taken over.
const (
	OverSeeds  = "seeds"
	OverDraws  = "draws"
	OverFolds  = "folds"
	OverImages = "test images"
	OverHeld   = "validation images"
)

// Interval is where the expected accuracy lies with 95 % confidence. Over runs,
// it says how far their mean may be from that of infinitely many such runs on
// the same test images; over test images, how far the share of right answers may
// be from that on infinitely many such images.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	Over string  `json:"over"`
}

// String is the interval in percent: "51.24 to 51.62".
func (i Interval) String() string { return fmt.Sprintf("%.2f to %.2f", 100*i.Low, 100*i.High) }

// studentHalf is half the width of the interval of Student's t over at least two runs:
//
//	mean ± t₀.₉₇₅(n − 1)·std/√n
func studentHalf(s Score) float64 {
	n := float64(len(s.Runs))
	t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + confidence) / 2)
	return t * s.Std / math.Sqrt(n)
}

// studentInterval is that interval, clipped to [0, 1].
func studentInterval(s Score, over string) Interval {
	half := studentHalf(s)
	return Interval{max(0, s.Mean-half), min(1, s.Mean+half), over}
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
