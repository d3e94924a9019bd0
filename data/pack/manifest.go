package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/internal/strictjson"
)

// FormatVersion is the version of the layout in doc.go.
const FormatVersion = 1

// Names of files in the folder of a pack.
const (
	manifestName = "pack.json"
	journalName  = "packing.json" // how far packing has come; gone when it is done
)

// Manifest is pack.json.
type Manifest struct {
	Format  int      `json:"format"`
	Spec    string   `json:"spec"` // of the data that was packed
	Side    int      `json:"side"` // images were reduced to this shorter side, as data.Options says; 0: not
	Classes []string `json:"classes"`
	Splits  []Part   `json:"splits"`
}

// Part is what the manifest says about a split.
type Part struct {
	Name       string       `json:"name"`
	Images     int          `json:"images"`        // unreadable ones too
	Bytes      int64        `json:"bytes"`         // of pixels
	Source     string       `json:"source_digest"` // of the data that was packed
	Digest     string       `json:"digest"`        // Sum over all images in order
	Names      string       `json:"names_digest"`  // SHA-256 of the names as stored in their file
	Unreadable []Unreadable `json:"unreadable"`    // in the order of Index
}

// Unreadable is an image that had no pixels to pack.
type Unreadable struct {
	Index int    `json:"index"`
	Name  string `json:"name"`
	Error string `json:"error"`
}

// maxManifest bounds what is read: a wrong folder may contain anything.
const maxManifest = 256 << 20

func readManifest(dir string) (Manifest, error) {
	var m Manifest
	err := readJSON(filepath.Join(dir, manifestName), &m)
	if err == nil {
		if err = m.check(); err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
		}
	}
	return m, err
}

// check checks what can be checked without the arrays.
func (m Manifest) check() error {
	if m.Format != FormatVersion {
		return fmt.Errorf("format %d, this program reads %d", m.Format, FormatVersion)
	}
	seen := map[string]bool{}
	for _, p := range m.Splits {
		if p.Name != "train" && p.Name != "test" && p.Name != "pretrain" || seen[p.Name] {
			return fmt.Errorf("a split %q: need train, test and pretrain, each at most once", p.Name)
		}
		seen[p.Name] = true
		if p.Images < 1 || p.Bytes < 0 {
			return fmt.Errorf("split %s has %d images in %d bytes", p.Name, p.Images, p.Bytes)
		}
		last := -1
		for _, u := range p.Unreadable {
			if u.Index <= last || u.Index >= p.Images {
				return fmt.Errorf("split %s: unreadable image %d behind %d, of %d images",
					p.Name, u.Index, last, p.Images)
			}
			last = u.Index
		}
	}
	if !seen["train"] {
		return errors.New("no split train")
	}
	return nil
}

// readJSON reads a file that is one object with known members.
func readJSON(path string, v any) error {
	f, err := regular.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err == nil && len(text) > maxManifest {
		err = fmt.Errorf("more than %d MiB", maxManifest>>20)
	}
	if err == nil {
		err = strictjson.Members(text, func(string, json.RawMessage) error { return nil })
	}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		err = d.Decode(v)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// writeJSON replaces a file atomically and durably.
func writeJSON(path string, v any) error {
	temporary := path + ".tmp"
	err := durable.Write(temporary, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
	if err == nil {
		err = durable.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}
