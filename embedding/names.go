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
}

func writeNames(w io.Writer, names []string) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, name := range names {
		l := nameLine{rawtext.InJSON(name), rawtext.Bytes(name)}
		if err := e.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

// maxNameLine is far above the longest path of any system.
const maxNameLine = 1 << 20

func readNames(r io.Reader) ([]string, error) {
	var names []string
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxNameLine)
	for lines.Scan() {
		name, err := parseName(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(names)+1, err)
		}
		names = append(names, name)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", len(names)+1, err)
	}
	return names, nil
}

func parseName(line []byte) (string, error) {
	var name *string
	var exact []byte
	err := strictjson.Members(line, func(key string, v json.RawMessage) error {
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
		}
		return nil // other tools may add what they know about an image
	})
	switch {
	case err != nil:
		return "", err
	case name == nil:
		return "", errors.New(`no "name"`)
	}
	return rawtext.Text(*name, exact), nil
}
