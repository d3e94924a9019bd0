package eval

import (
	"fmt"
	"io"
	"slices"
)

// WriteNotes writes the notes of several results, each once, in lines of at most 80 characters.
// Which test images look like a train image depends on the encoder: that is one note, and
// it does not speak of a column that a table of several results does not have.
func WriteNotes(w io.Writer, results []*Result) error {
	var notes []string
	var most Copies
	var of *Result
	for _, r := range results {
		for _, note := range r.Notes {
			switch {
			case r.Copies.Images > 0 && note == r.Copies.note(r.Test, partOf(r.Validation)):
				if r.Copies.Images > most.Images {
					most, of = r.Copies, r
				}
			case !slices.Contains(notes, note):
				notes = append(notes, note)
			}
		}
	}
	if of != nil {
		notes = append(notes, fmt.Sprintf("Up to %d of the %d %s images look to an encoder like a train image, so "+
			"accuracies may be too good: --json says how many look so to each. amdim data check names copies by "+
			"their pixels.", most.Images, of.Test, partOf(of.Validation)))
	}
	for _, note := range notes {
		if _, err := fmt.Fprintln(w, wrapped(note, 80)); err != nil {
			return err
		}
	}
	return nil
}
