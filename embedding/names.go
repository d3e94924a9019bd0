package embedding

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/amdim/amdim/internal/rawtext"
	"github.com/amdim/amdim/internal/strictjson"
)

// nameLine is one line of the names file, as package rawtext says.
type nameLine struct {
	Name  string `json:"name"`
	Bytes []byte `json:"bytes,omitempty"`

	Version string `json:"version,omitempty"`
}

func (s *Set) writeNames(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for i, name := range s.Names {
		l := nameLine{rawtext.InJSON(name), rawtext.Bytes(name), s.Version(i)}
		if err := e.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// maxNameLine is far above the longest path of any system.
const maxNameLine = 1 << 20

// readNames reads Names and, if any is known, Versions.
func (s *Set) readNames(r io.Reader) error {
	var known bool
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxNameLine)
	for lines.Scan() {
		name, version, err := parseName(lines.Bytes())
		if err != nil {
			return fmt.Errorf("line %d: %w", s.Len()+1, err)
		}
		s.Names, s.Versions = append(s.Names, name), append(s.Versions, version)
		known = known || version != ""
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("line %d: %w", s.Len()+1, err)
	}
	if !known {
		s.Versions = nil
	}
	return nil
}

func parseName(line []byte) (text, version string, err error) {
	var name *string
	var exact []byte
	err = strictjson.Members(line, func(key string, v json.RawMessage) error {
		switch key {
		case "name":
			return json.Unmarshal(v, &name)
		case "bytes":
			var text string
			if err := json.Unmarshal(v, &text); err != nil {
				return err
			}
			var err error
			exact, err = base64.StdEncoding.DecodeString(text)
			return err
		case "version":
			_ = json.Unmarshal(v, &version) // that of another tool may be no text
		}
		return nil // other tools may add what they know about an image; Save does not keep it
	})
	switch {
	case err != nil:
		return "", "", err
	case name == nil:
		return "", "", errors.New(`no "name"`)
	}
	return rawtext.Text(*name, exact), version, nil
}
