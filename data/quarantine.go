package data

import (
	"fmt"

	"github.com/amdim/amdim/internal/rawtext"
	"github.com/amdim/amdim/internal/spelling"
)

// Quarantine is a list of images that are not to be learnt from: copies of a
// held-out image, for which an evaluation would show what was memorised, copies
// of one that is learnt from, and files that cannot be read. It is made for one
// data set, identified by Digest, and useless for another.
type Quarantine struct {
	Spec   string // what the data was opened from: for people
	Digest string // of the whole Pretrain split
	Images int    // in that split
	Left   []LeftOut
}

// LeftOut is an image that is not to be learnt from, and why.
type LeftOut struct {
	Index    int     `json:"index"` // in the Pretrain split
	Name     string  `json:"name"`  // as returned by Name
	Reason   Reason  `json:"reason"`
	Of       string  `json:"of,omitempty"`       // the image that it is a copy of
	HeldOut  bool    `json:"held_out,omitempty"` // that one is held out
	Distance float64 `json:"distance,omitempty"` // between the two; 0: byte for byte the same
	Error    string  `json:"error,omitempty"`    // why it cannot be read
}

// Reason is why an image is left out.
type Reason string

// Reasons.
const (
	ExactCopy     Reason = "exact copy"
	NearDuplicate Reason = "near duplicate"
	Damaged       Reason = "unreadable"
)

// Fits reports whether the list was made for set, by number of images and digest.
func (q *Quarantine) Fits(set Dataset) bool { return set.Len() == q.Images && set.Digest() == q.Digest }

// Without returns set without the images of the list, which must have been made
// for it: number of images, digest and names must agree. A set that is Named stays
// so. The digest of the result depends on which images are left out, not on why.
func (q *Quarantine) Without(set Dataset) (Dataset, error) {
	if !q.Fits(set) {
		return nil, fmt.Errorf("data: the quarantine list was made for %s (%s, digest %.12s…), "+
			"not for these (%s, digest %.12s…): bring those back, or make a new list",
			q.Spec, spelling.Count(q.Images, "image"), q.Digest, spelling.Count(set.Len(), "image"), set.Digest())
	}
	if err := q.validate(); err != nil {
		return nil, fmt.Errorf("data: quarantine list: %w", err)
	}
	left := make([]bool, set.Len())
	for _, l := range q.Left {
		if name := nameInText(set, l.Index); name != l.Name {
			return nil, fmt.Errorf("data: quarantine list: image %d is %q, the list says %q: make the list again",
				l.Index, name, l.Name)
		}
		left[l.Index] = true
	}
	if len(q.Left) == set.Len() {
		return nil, fmt.Errorf("data: the quarantine list leaves out all: %s", spelling.Count(set.Len(), "image"))
	}
	kept := make([]int, 0, set.Len()-len(q.Left))
	for i := range left {
		if !left[i] {
			kept = append(kept, i)
		}
	}
	return newSubset(set, kept), nil
}

// nameInText is the name of an image in a form that JSON can hold.
func nameInText(set Dataset, i int) string { return rawtext.InJSON(Name(set, i)) }

// validate returns an error that names the first impossible entry.
func (q *Quarantine) validate() error {
	for k, l := range q.Left {
		switch {
		case l.Index < 0 || l.Index >= q.Images:
			return fmt.Errorf("index %d: the data has images 0 to %d", l.Index, q.Images-1)
		case k > 0 && l.Index <= q.Left[k-1].Index:
			return fmt.Errorf("index %d after %d: each must be there once, in order", l.Index, q.Left[k-1].Index)
		case l.Reason != ExactCopy && l.Reason != NearDuplicate && l.Reason != Damaged:
			return fmt.Errorf("index %d: reason %q, need %q, %q or %q",
				l.Index, l.Reason, ExactCopy, NearDuplicate, Damaged)
		}
	}
	return nil
}
