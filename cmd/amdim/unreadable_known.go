package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/train"
)

// tried keeps in the folder of a run which images of the data that it was evaluated on
// could not be read, so that the next evaluation need not read all of them to know. Data
// are the same when their versions are. nil: nothing is kept.
type tried struct {
	folder string
	found  []triedImages // to be kept
}

// triedImages are those of a data set that could not be read when all were tried.
type triedImages struct {
	Digest     string `json:"digest"`
	Version    string `json:"version"`
	Images     int    `json:"images"`
	Unreadable []int  `json:"unreadable"` // in order
	Contents   string `json:"contents"`
}

// path hashes the digest: that of a pack is whatever its file says.
func (t *tried) path(digest string) string {
	sum := sha256.Sum256([]byte(digest))
	return train.TriedPath(t.folder, fmt.Sprintf("%x", sum[:4]))
}

// of is what is known of a data set; ok is false where nothing is.
func (t *tried) of(set data.Dataset) (was triedImages, ok bool) {
	if t == nil {
		return was, false
	}
	text, err := regular.Read(t.path(set.Digest()))
	if err != nil || json.Unmarshal(text, &was) != nil {
		return was, false
	}
	if was.Version != data.Version(set) || was.Images != set.Len() {
		return was, false
	}
	next := 0
	for _, i := range was.Unreadable {
		if i < next || i >= was.Images {
			return was, false
		}
		next = i + 1
	}
	return was, true
}

// note is what keep is to keep of a data set.
func (t *tried) note(set data.Dataset, unreadable []int, contents string) {
	if t != nil {
		now := triedImages{set.Digest(), data.Version(set), set.Len(), unreadable, contents}
		t.found = append(t.found, now)
	}
}

// keep writes what was noted, once an evaluation is done. Where that fails all images
// are tried again.
func (t *tried) keep() {
	if t == nil {
		return
	}
	for _, found := range t.found {
		if text, err := json.Marshal(found); err == nil {
			replaceFile(t.path(found.Digest), append(text, '\n'))
		}
	}
}

// forget drops all that is kept when an image can no longer be read, and says what to do.
func (t *tried) forget(err error) error {
	var bad *data.UnreadableError
	if t == nil || !errors.As(err, &bad) {
		return err
	}
	paths, dropErr := train.TriedPaths(t.folder)
	for _, path := range paths {
		dropErr = errors.Join(dropErr, os.Remove(path))
	}
	if dropErr != nil {
		return err
	}
	return fmt.Errorf("%w: it could be read before; repeat the command to leave it out", err)
}
