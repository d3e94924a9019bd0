package eval

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"
)

// JSON holds only Unicode: specs and names of classes that are not valid UTF-8, as names of
// folders may be, are also stored as bytes, as in checkpoint.Data. Results are compared by
// them, and specs are opened.

// The values without their methods.
type (
	plainResult    Result
	plainSegmented Segmented
	plainOrigin    NegativesOrigin
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

// storedNegatives is a NegativesOrigin in JSON.
type storedNegatives struct {
	plainOrigin
	Bytes []byte `json:"data_bytes,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (r Result) MarshalJSON() ([]byte, error) {
	s := storedResult{plainResult: plainResult(r), specBytes: specBytes{beyond(r.Data), beyond(r.TrainedOn)}}
	if slices.ContainsFunc(r.ClassNames, func(name string) bool { return !utf8.ValidString(name) }) {
		for _, name := range r.ClassNames {
			s.Names = append(s.Names, []byte(name))
		}
	}
	return inJSON(s)
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Result) UnmarshalJSON(text []byte) error {
	s := storedResult{plainResult: plainResult(*r)}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*r = Result(s.plainResult)
	exactly(&r.Data, s.specBytes.Data)
	exactly(&r.TrainedOn, s.specBytes.TrainedOn)
	if len(s.Names) == len(r.ClassNames) {
		for i := range s.Names {
			exactly(&r.ClassNames[i], s.Names[i])
		}
	}
	return nil
}

// MarshalJSON implements json.Marshaler.
func (r Segmented) MarshalJSON() ([]byte, error) {
	return inJSON(storedSegmented{plainSegmented(r), specBytes{beyond(r.Data), beyond(r.TrainedOn)}})
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *Segmented) UnmarshalJSON(text []byte) error {
	s := storedSegmented{plainSegmented: plainSegmented(*r)}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*r = Segmented(s.plainSegmented)
	exactly(&r.Data, s.specBytes.Data)
	exactly(&r.TrainedOn, s.specBytes.TrainedOn)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (n NegativesOrigin) MarshalJSON() ([]byte, error) {
	return inJSON(storedNegatives{plainOrigin(n), beyond(n.Data)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *NegativesOrigin) UnmarshalJSON(text []byte) error {
	s := storedNegatives{plainOrigin: plainOrigin(*n)}
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	*n = NegativesOrigin(s.plainOrigin)
	exactly(&n.Data, s.Bytes)
	return nil
}

// beyond are the bytes of a text that JSON cannot hold; nil if it can.
func beyond(text string) []byte {
	if utf8.ValidString(text) {
		return nil
	}
	return []byte(text)
}

// exactly sets a text to its bytes, if they were stored.
func exactly(text *string, stored []byte) {
	if len(stored) > 0 {
		*text = string(stored)
	}
}

// inJSON leaves it to the encoder that calls a MarshalJSON whether < and & are escaped.
func inJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.Bytes(), err
}
