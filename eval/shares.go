package eval

import (
	"encoding/json"
	"math"
)

// Shares holds one share per class; NaN, in JSON null, for a class without images.
type Shares []float64

// MarshalJSON writes an array of numbers and nulls.
func (s Shares) MarshalJSON() ([]byte, error) {
	known := make([]*float64, len(s))
	for i := range s {
		if !math.IsNaN(s[i]) {
			known[i] = &s[i]
		}
	}
	return json.Marshal(known)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Shares) UnmarshalJSON(text []byte) error {
	var known []*float64
	if err := json.Unmarshal(text, &known); err != nil {
		return err
	}
	*s = make(Shares, len(known))
	for i, share := range known {
		if (*s)[i] = math.NaN(); share != nil {
			(*s)[i] = *share
		}
	}
	return nil
}
