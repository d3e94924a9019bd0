package checkpoint

import (
	"crypto/sha256"
	"encoding/hex"
	"math"

	"github.com/amdim/amdim/internal/floats"
)

// Summary describes the numbers of an array.
type Summary struct {
	Name      string  `json:"name"`
	Shape     []int   `json:"shape"`
	Count     int     `json:"count"`
	Mean      float64 `json:"mean"` // this and the next three are over the finite numbers, 0 if there are none
	Std       float64 `json:"std"`  // of the population
	Min       float64 `json:"min"`
	Max       float64 `json:"max"`
	NonFinite int     `json:"non_finite"`            // numbers that are NaN or infinite
	FirstBad  int     `json:"first_non_finite"`      // index of the first, −1 if there is none
	Bad       string  `json:"first_value,omitempty"` // what it is: "NaN", "+Inf", "-Inf"
	Digest    string  `json:"sha256,omitempty"`      // of the bytes in the file
}

// Summaries describes every array, in file order; with digests, each has the
// SHA-256 of its bytes.
func (r *Reader) Summaries(digests bool) ([]Summary, error) {
	all := make([]Summary, 0, len(r.Entries))
	err := r.Each(func(_ string, v []float32) error {
		e := r.Entries[len(all)]
		s := summarize(v)
		s.Name, s.Shape = e.Name, e.Shape
		if digests {
			s.Digest = digestOf(v)
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// summarize makes two passes over v, so that the deviation of numbers far from 0 is right.
func summarize(v []float32) Summary {
	s := Summary{Count: len(v), FirstBad: -1, Min: math.Inf(1), Max: math.Inf(-1)}
	var sum float64
	for i, x := range v {
		f := float64(x)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			if s.NonFinite++; s.FirstBad < 0 {
				s.FirstBad, s.Bad = i, nameOf(f)
			}
			continue
		}
		sum += f
		s.Min, s.Max = min(s.Min, f), max(s.Max, f)
	}
	n := len(v) - s.NonFinite
	if n == 0 {
		s.Min, s.Max = 0, 0
		return s
	}
	s.Mean = sum / float64(n)
	var squares float64
	for _, x := range v {
		if f := float64(x); !math.IsNaN(f) && !math.IsInf(f, 0) {
			squares += (f - s.Mean) * (f - s.Mean)
		}
	}
	s.Std = math.Sqrt(squares / float64(n))
	return s
}

// nameOf names a non-finite number.
func nameOf(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case f > 0:
		return "+Inf"
	}
	return "-Inf"
}

func digestOf(v []float32) string {
	h := sha256.New()
	floats.Write(h, v) // a hash takes everything
	return hex.EncodeToString(h.Sum(nil))
}

// Checksum is the SHA-256 of the file, taken with its own digits as zeros: Open
// has checked it.
func (r *Reader) Checksum() string { return r.Meta[checksumKey] }

// Size is the length of the file in bytes.
func (r *Reader) Size() int64 { return r.size }
