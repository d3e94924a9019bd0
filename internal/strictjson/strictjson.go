package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Members calls f for each member of the object that text is, in its order, and
// returns the first error. Nothing but blanks may follow the object.
func Members(text []byte, f func(name string, v json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder lets nothing else stand for a name
		if seen[name] {
			return fmt.Errorf("name %q twice", name)
		}
		seen[name] = true
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		if err := f(name, v); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(text[d.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("%d bytes after the end of the object", len(rest))
	}
	return nil
}
