package segment

import "errors"

// Agreement is how well a map agrees with people who segmented the image: each
// measure is a mean over them.
type Agreement struct {
	AdjustedRand float64 `json:"ari"`

	// ProbabilisticRand (Unnikrishnan et al. 2007, doi 10.1109/TPAMI.2007.1046) takes for each
	// pair of pixels the share of people who put it in one segment. As the Rand index is
	// linear in that share, it is the mean of the Rand indices.
	ProbabilisticRand float64 `json:"pri"`

	// Covering of the people's segments by the map's. The BSDS code sums overlap·pixels
	// over the segments of all people and divides by the sum of their pixels. Every
	// person labels every pixel, so each has the same weight, and the result is this
	// mean. Over images the code sums in the same way, so an image with more people
	// weighs more there than here.
	Covering float64 `json:"covering"`

	VariationOfInformation float64 `json:"vi_bits"`
}

// Agree compares a map with those of one or more people; sizes must be equal.
func Agree(m Map, people []Map) (Agreement, error) {
	if len(people) == 0 {
		return Agreement{}, errors.New("segment: no ground truth to compare a map with")
	}
	var sum Agreement
	for _, p := range people {
		c, err := NewContingency(m, p)
		if err != nil {
			return Agreement{}, err
		}
		sum.AdjustedRand += c.AdjustedRand()
		sum.ProbabilisticRand += c.Rand()
		sum.Covering += c.Covering()
		sum.VariationOfInformation += c.VariationOfInformation()
	}
	n := float64(len(people))
	return Agreement{
		AdjustedRand:           sum.AdjustedRand / n,
		ProbabilisticRand:      sum.ProbabilisticRand / n,
		Covering:               sum.Covering / n,
		VariationOfInformation: sum.VariationOfInformation / n,
	}, nil
}
