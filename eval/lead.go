package eval

import "fmt"

// Lead is how far a mixture is ahead of a baseline on the same images: the differences
// mixture − baseline of each measure. For the variation of information, less is better.
type Lead struct {
	AdjustedRand           Difference  `json:"ari"`
	ProbabilisticRand      Difference  `json:"pri"`
	Covering               Difference  `json:"covering"`
	VariationOfInformation Difference  `json:"vi_bits"`
	IoU                    *Difference `json:"iou,omitempty"` // where images have an object
	Oracle                 *Difference `json:"oracle,omitempty"`
}

// Difference is a mean over images and where it would lie, with 95 % confidence, over
// infinitely many such images, by Student's t.
type Difference struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// String is "+0.012 ± 0.004".
func (d Difference) String() string { return fmt.Sprintf("%+.3f ± %.3f", d.Mean, (d.High-d.Low)/2) }

// Sign is 1 if the interval lies above 0, −1 if below, and 0 if it contains 0 and the
// two are level.
func (d Difference) Sign() int {
	switch {
	case d.Low > 0:
		return 1
	case d.High < 0:
		return -1
	}
	return 0
}

// leadOf pairs the maps of the same images, of which there are at least two.
func leadOf(mixture, baseline []Measured) *Lead {
	of := func(value func(Measured) float64) Difference {
		differences := make([]float64, len(mixture))
		for i := range mixture {
			differences[i] = value(mixture[i]) - value(baseline[i])
		}
		s := NewScore(differences...)
		half := s.Half()
		return Difference{s.Mean, s.Mean - half, s.Mean + half}
	}
	l := &Lead{
		AdjustedRand:           of(func(m Measured) float64 { return m.Agreement.AdjustedRand }),
		ProbabilisticRand:      of(func(m Measured) float64 { return m.Agreement.ProbabilisticRand }),
		Covering:               of(func(m Measured) float64 { return m.Agreement.Covering }),
		VariationOfInformation: of(func(m Measured) float64 { return m.Agreement.VariationOfInformation }),
	}
	if mixture[0].Object != nil {
		iou := of(func(m Measured) float64 { return m.Object.IoU })
		oracle := of(func(m Measured) float64 { return m.Object.Oracle })
		l.IoU, l.Oracle = &iou, &oracle
	}
	return l
}
