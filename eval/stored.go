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

func (b specBytes) restore(data, trainedOn *string) {
	*data, *trainedOn = rawtext.Text(*data, b.Data), rawtext.Text(*trainedOn, b.TrainedOn)
}

// storedResult is a Result in JSON.
type storedResult struct {
	*plainResult
	specBytes
	Names [][]byte `json:"class_names_bytes,omitempty"` // all, if one is not valid
}

// storedSegmented is a Segmented in JSON.
type storedSegmented struct {
	*plainSegmented
	specBytes
}

// MarshalJSON implements json.Marshaler.
func (r Result) MarshalJSON() ([]byte, error) {
	s := storedResult{plainResult: (*plainResult)(&r)}
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
	s := storedResult{plainResult: (*plainResult)(r)}
	err := json.Unmarshal(text, &s)
	s.restore(&r.Data, &r.TrainedOn)
	if len(s.Names) == len(r.ClassNames) {
		for i := range s.Names {
			r.ClassNames[i] = rawtext.Text(r.ClassNames[i], s.Names[i])
		}
	}
	return err
}

// MarshalJSON implements json.Marshaler.
func (r Segmented) MarshalJSON() ([]byte, error) {
	specs := specBytes{rawtext.Bytes(r.Data), rawtext.Bytes(r.TrainedOn)}
	return rawtext.Marshal(storedSegmented{(*plainSegmented)(&r), specs})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Segmented) UnmarshalJSON(text []byte) error {
	s := storedSegmented{plainSegmented: (*plainSegmented)(r)}
	err := json.Unmarshal(text, &s)
	s.restore(&r.Data, &r.TrainedOn)
	return err
}
