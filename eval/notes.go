package eval

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// FolderChanged notes that the folder a model learnt from now has other train images. It is
// stored in results, where readers look for it: its text is to stay.
const FolderChanged = "The folder has changed since the model learnt from it: images are held out by " +
	"their names, so some that were moved or renamed since may be among those it learnt from."

// pixelsLeftOut begins the note on raw pixels that do not fit in memory.
const pixelsLeftOut = "Raw pixels are left out: "

// lacks reports whether a note is on what c does not measure.
func (c Config) lacks(note string) bool {
	return strings.HasPrefix(note, paperRows) && !c.has(Paper) ||
		strings.HasPrefix(note, pixelsLeftOut) && !c.Baselines
}

// merged are the notes of w, which has rows of two results with the given notes. What notes
// say of images, files and encoder, the newer result says of today: the same words if they
// still hold. Those on rows follow from the rows.
func (w *Result) merged(newer, older []string) []string {
	var notes []string
	left := func(note string) bool { return strings.HasPrefix(note, pixelsLeftOut) }
	there := slices.ContainsFunc(w.Rows, func(row Row) bool { return row.Representation == RawPixels })
	for _, note := range newer {
		if !(left(note) && there) {
			notes = append(notes, note)
		}
	}
	var rows []string
	if i := slices.IndexFunc(older, left); i >= 0 && !there && !slices.ContainsFunc(newer, left) {
		rows = append(rows, older[i])
	}
	if note := w.Copies.note(w.Test, partOf(w.Validation)); note != "" {
		rows = append(rows, note)
	}
	if w.Config.has(Paper) {
		rows = append(rows, paperNotes...)
	}
	for _, note := range rows {
		if !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// WriteNotes writes the notes of several results, each once, in lines of at most 80 characters.
// Which test images look like a train image depends on the encoder: that is one note, and
// it does not speak of a column that a table of several results does not have.
func WriteNotes(w io.Writer, results []*Result) error {
	var notes []string
	var of *Result // of the most copies
	for _, r := range results {
		for _, note := range r.Notes {
			switch {
			case note == r.Copies.note(r.Test, partOf(r.Validation)):
				if of == nil || r.Copies.Images > of.Copies.Images {
					of = r
				}
			case !slices.Contains(notes, note):
				notes = append(notes, note)
			}
		}
	}
	switch {
	case of != nil && of.Copies.Unknown:
		notes = append(notes, unknownCopies(partOf(of.Validation), "an encoder"))
	case of != nil:
		notes = append(notes, fmt.Sprintf("Up to %d of the %d %s images look to an encoder like a train image, so "+
			"accuracies may be too good: --json says how many look so to each. amdim data check names copies by "+
			"their pixels.", of.Copies.Images, of.Test, partOf(of.Validation)))
	}
	for _, note := range notes {
		if _, err := fmt.Fprintln(w, spelling.Visible(wrapped(note, 80))); err != nil {
			return err
		}
	}
	return nil
}
