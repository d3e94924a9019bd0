package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/data"
)

// tried is the folder of a run that keeps which images of the data that it was
// evaluated on could not be read, so that the next evaluation need not read all of them
// to know. Data are the same when their digests are. Empty: nothing is kept.
type tried string

// triedImages are those of a data set that could not be read when all were tried.
type triedImages struct {
	Digest     string `json:"digest"`
	Images     int    `json:"images"`
	Unreadable []int  `json:"unreadable"` // in order
}

const triedFiles = "features-read-*.json" // beside the features

// path hashes the digest: that of a pack is whatever its file says.
func (t tried) path(set data.Dataset) string {
	sum := sha256.Sum256([]byte(set.Digest()))
	return filepath.Join(string(t), fmt.Sprintf("features-read-%x.json", sum[:4]))
}

// of are the images of a data set that could not be read; ok is false where that is not
// known.
func (t tried) of(set data.Dataset) (unreadable []int, ok bool) {
	if t == "" {
		return nil, false
	}
	text, err := os.ReadFile(t.path(set))
	var was triedImages
	if err != nil || json.Unmarshal(text, &was) != nil || was.Digest != set.Digest() || was.Images != set.Len() {
		return nil, false
	}
	next := 0
	for _, i := range was.Unreadable {
		if i < next || i >= was.Images {
			return nil, false
		}
		next = i + 1
	}
	return was.Unreadable, true
}

// keep notes what could not be read of a data set. A folder that cannot be written to
// is tried again.
func (t tried) keep(set data.Dataset, unreadable []int) {
	if t == "" {
		return
	}
	if text, err := json.Marshal(triedImages{set.Digest(), set.Len(), unreadable}); err == nil {
		replaceFile(t.path(set), append(text, '\n'))
	}
}

// forget drops all that is kept when an image can no longer be read, and says what to do.
func (t tried) forget(err error) error {
	var bad *data.UnreadableError
	if t == "" || !errors.As(err, &bad) {
		return err
	}
	files, globErr := fs.Glob(os.DirFS(string(t)), triedFiles)
	for _, name := range files {
		globErr = errors.Join(globErr, os.Remove(filepath.Join(string(t), name)))
	}
	if globErr != nil {
		return err
	}
	return fmt.Errorf("%w: it could be read before; the same command again leaves it out", err)
}
