package embedding

import (
	"bytes"
	"encoding/json"

	"github.com/amdim/amdim/internal/rawtext"
)

// plainOrigin is an Origin without its methods.
type plainOrigin Origin

// storedOrigin is an Origin in JSON, its spec as package rawtext says.
type storedOrigin struct {
	*plainOrigin
	ImagesBytes []byte `json:"images_bytes,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (o Origin) MarshalJSON() ([]byte, error) {
	return rawtext.Marshal(storedOrigin{(*plainOrigin)(&o), rawtext.Bytes(o.Images)})
}

// UnmarshalJSON implements json.Unmarshaler. An unknown name is an error.
func (o *Origin) UnmarshalJSON(text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	s := storedOrigin{plainOrigin: (*plainOrigin)(o)}
	err := d.Decode(&s)
	o.Images = rawtext.Text(o.Images, s.ImagesBytes)
	return err
}
