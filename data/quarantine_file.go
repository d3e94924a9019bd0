package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/internal/strictjson"
)

// quarantineVersion is the version of the file. It changes when an older program
// would misread a newer file.
const quarantineVersion = 1

// maxQuarantine bounds the file: a wrong path may name anything. A line takes
// about 130 bytes.
const maxQuarantine = 1 << 28

// Encode returns the list as the file that ReadQuarantine reads: a JSON object
// with one image per line, so that a person may delete some.
//
//	{
//	 "version": 1,
//	 "data": "cifar10:DIR",
//	 "digest": "…",
//	 "images": 50000,
//	 "left_out": [
//	  {"index":119,"name":"image 119","reason":"exact copy","of":"test image 9","held_out":true}
//	 ]
//	}
func (q *Quarantine) Encode() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "{\n \"version\": %d,\n \"data\": %s,\n \"digest\": %s,\n \"images\": %d,\n",
		quarantineVersion, inJSON(q.Spec), inJSON(q.Digest), q.Images)
	b.WriteString(" \"left_out\": [")
	for k, l := range q.Left {
		if k > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  " + inJSON(l))
	}
	b.WriteString("\n ]\n}\n")
	return []byte(b.String())
}

// inJSON is v, which cannot fail to encode, on one line.
func inJSON(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("data: quarantine list: %v", err)) // a distance is finite
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ReadQuarantine reads a list.
func ReadQuarantine(path string) (*Quarantine, error) {
	q, err := readQuarantine(path)
	if err != nil {
		return nil, fmt.Errorf("data: quarantine list: %w", err)
	}
	return q, nil
}

func readQuarantine(path string) (*Quarantine, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxQuarantine+1))
	if err == nil && len(text) > maxQuarantine {
		err = fmt.Errorf("%s: more than %d MB: not a quarantine list", path, maxQuarantine>>20)
	}
	if err != nil {
		return nil, err
	}
	q, err := parseQuarantine(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return q, nil
}

func parseQuarantine(text []byte) (*Quarantine, error) {
	var q Quarantine
	var version int
	var lines []json.RawMessage
	err := jsonFields(text, map[string]any{
		"version": &version, "data": &q.Spec, "digest": &q.Digest, "images": &q.Images, "left_out": &lines,
	}, "version", "digest", "images", "left_out")
	switch {
	case version != 0 && version != quarantineVersion: // its keys may differ
		return nil, fmt.Errorf("version %d, this program reads %d", version, quarantineVersion)
	case err != nil:
		return nil, err
	}
	q.Left = make([]LeftOut, len(lines))
	for k, line := range lines {
		if q.Left[k], err = parseLeftOut(line); err != nil {
			return nil, fmt.Errorf("entry %d of left_out: %w", k+1, err)
		}
	}
	return &q, q.validate()
}

func parseLeftOut(text []byte) (LeftOut, error) {
	var l LeftOut
	err := jsonFields(text, map[string]any{
		"index": &l.Index, "name": &l.Name, "reason": &l.Reason, "of": &l.Of,
		"held_out": &l.HeldOut, "distance": &l.Distance, "error": &l.Error,
	}, "index", "name", "reason")
	return l, err
}

// jsonFields sets the values that known points to from the JSON object in text. Other
// names, null and a missing needed name are errors.
func jsonFields(text []byte, known map[string]any, needed ...string) error {
	seen := map[string]bool{}
	err := strictjson.Members(text, func(name string, v json.RawMessage) error {
		to, ok := known[name]
		if !ok {
			return fmt.Errorf("unknown name %q", name)
		}
		seen[name] = true
		if string(v) == "null" {
			return fmt.Errorf("%q is null", name)
		}
		if err := json.Unmarshal(v, to); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		return nil
	})
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the text ends too early")
	}
	for _, name := range needed {
		if err == nil && !seen[name] {
			err = fmt.Errorf("no %q", name)
		}
	}
	return err
}
