package eval

import (
	"encoding/json"
	"slices"

	"github.com/amdim/amdim/internal/rawtext"
)

// Specs and names of classes are stored as package rawtext says: results are compared by them,
// and specs are opened.

// The values without their methods.
type (
	plainResult    Result
	plainSegmented Segmented
)

// specBytes are the specs of a result that are not valid UTF-8.
type specBytes struct {
	Data      []byte `json:"data_bytes,omitempty"`
	TrainedOn []byte `json:"trained_on_bytes,omitempty"`
}

// storedResult is a Result in JSON.
type storedResult struct {
	plainResult
	specBytes
	Names [][]byte `json:"class_names_bytes,omitempty"` // all, if one is not valid
}

// storedSegmented is a Segmented in JSON.
type storedSegmented struct {
	plainSegmented
	specBytes
}

// MarshalJSON implements json.Marshaler.
func (r Result) MarshalJSON() ([]byte, error) {
	s := storedResult{plainResult: plainResult(r)}
	s.specBytes = specBytes{rawtext.Bytes(r.Data), rawtext.Bytes(r.TrainedOn)}
	if slices.ContainsFunc(r.ClassNames, func(name string) bool { return rawtext.Bytes(name) != nil }) {
		for _, name := range r.ClassNames {
			s.Names = append(s.Names, []byte(name))
		}
	}
	return rawtext.Marshal(s)
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Result) UnmarshalJSON(text []byte) error {
	s := storedResult{plainResult: plainResult(*r)}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*r = Result(s.plainResult)
	r.Data = rawtext.Text(r.Data, s.specBytes.Data)
	r.TrainedOn = rawtext.Text(r.TrainedOn, s.specBytes.TrainedOn)
	if len(s.Names) == len(r.ClassNames) {
		for i := range s.Names {
			r.ClassNames[i] = rawtext.Text(r.ClassNames[i], s.Names[i])
		}
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (r Segmented) MarshalJSON() ([]byte, error) {
	s := storedSegmented{plainSegmented: plainSegmented(r)}
	s.specBytes = specBytes{rawtext.Bytes(r.Data), rawtext.Bytes(r.TrainedOn)}
	return rawtext.Marshal(s)
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Segmented) UnmarshalJSON(text []byte) error {
	s := storedSegmented{plainSegmented: plainSegmented(*r)}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*r = Segmented(s.plainSegmented)
	r.Data = rawtext.Text(r.Data, s.specBytes.Data)
	r.TrainedOn = rawtext.Text(r.TrainedOn, s.specBytes.TrainedOn)
	return nil
}
