package mixture

import (
	"encoding/json"

	"github.com/amdim/amdim/internal/rawtext"
)

// plainOrigin is an Origin without its methods.
type plainOrigin Origin

// storedOrigin is an Origin in JSON: its spec as package rawtext says.
type storedOrigin struct {
	*plainOrigin
	Bytes []byte `json:"data_bytes,omitempty"`
}

// MarshalJSON implements json.Marshaler.
func (n Origin) MarshalJSON() ([]byte, error) {
	return rawtext.Marshal(storedOrigin{(*plainOrigin)(&n), rawtext.Bytes(n.Data)})
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Origin) UnmarshalJSON(text []byte) error {
	s := storedOrigin{plainOrigin: (*plainOrigin)(n)}
	err := json.Unmarshal(text, &s)
	n.Data = rawtext.Text(n.Data, s.Bytes)
	return err
}
