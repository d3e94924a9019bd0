package embedding

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/amdim/amdim/tensor"
)

// Set holds the vectors of images. Reading it from several goroutines is safe.
type Set struct {
	Names []string  // of the images: n, in the order of the rows
	Dim   int       // numbers in a vector
	X     []float32 // (n, Dim)
	Model Origin    // where the vectors come from

	// Versions tells each image from one that replaced it under the same name; data.ImageVersion
	// gives such a version. Model.UpdateSet of package amdim sees by it which files were written
	// anew. nil or "": not known.
	Versions []string
}

// Origin says which network made the vectors, and from which images. If these are a folder
// (data.FolderOf tells), names are paths relative to it, with slashes.
type Origin struct {
	Checkpoint string `json:"checkpoint"` // SHA-256 of the network's weights: encoder.Encoder.Hash
	Px         int    `json:"px"`         // side of the network's input, in pixels
	NRKHS      int    `json:"n_rkhs"`     // r: size of f1
	Step       int    `json:"step"`       // updates that the network was trained for
	Engine     string `json:"engine"`     // what computed them: equal bytes need the same engine
	Images     string `json:"images"`     // spec of the images, "folder:DIR"; empty: single images
	Split      string `json:"split"`      // of Images: "train", "test" or "pretrain"; empty: all
}

// CheckSame returns ErrOtherNetwork if both origins name a network and the two differ.
func (o Origin) CheckSame(other Origin) error {
	if o.Checkpoint == "" || other.Checkpoint == "" || o.Checkpoint == other.Checkpoint {
		return nil
	}
	return fmt.Errorf("%.12s… after %d updates, not %.12s… after %d: %w",
		o.Checkpoint, o.Step, other.Checkpoint, other.Step, ErrOtherNetwork)
}

// Len is the number of images.
func (s *Set) Len() int { return len(s.Names) }

// Row is the vector of image i, with Dim numbers; it shares memory with the set.
func (s *Set) Row(i int) []float32 { return s.X[i*s.Dim : (i+1)*s.Dim : (i+1)*s.Dim] }

// Key identifies the vector of image i: copies of an image have the same Key.
func (s *Set) Key(i int) string {
	b := make([]byte, 0, 4*s.Dim)
	for _, x := range s.Row(i) {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return string(b)
}

// Version is that of image i, from Versions; empty if it is not known.
func (s *Set) Version(i int) string {
	if s.Versions == nil {
		return ""
	}
	return s.Versions[i]
}

// Validate reports a set that is nil or without rows, one whose parts do not fit together, or
// the first number that is a NaN or an infinity.
func (s *Set) Validate() error {
	if s == nil {
		return errors.New("embedding: no images")
	}
	switch n := s.Len(); {
	case n == 0:
		return fmt.Errorf("embedding: no images")
	case s.Dim < 1 || len(s.X)%s.Dim != 0 || len(s.X)/s.Dim != n:
		return fmt.Errorf("embedding: %d names for %d numbers in vectors of %d", n, len(s.X), s.Dim)
	case s.Versions != nil && len(s.Versions) != n:
		return fmt.Errorf("embedding: %d versions for %d names", len(s.Versions), n)
	}
	if i := tensor.NonFinite(s.X); i >= 0 {
		return fmt.Errorf("embedding: number %d of %q is %v", i%s.Dim, s.Names[i/s.Dim], s.X[i])
	}
	return nil
}
