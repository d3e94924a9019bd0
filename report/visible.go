package report

import (
	"bytes"
	"io"

	"github.com/amdim/amdim/internal/spelling"
)

// visibly writes what a template makes, in which names of files and classes are, without
// control characters: a browser hides them, and a terminal obeys those of a card.
func visibly(w io.Writer, execute func(io.Writer) error) error {
	var b bytes.Buffer
	if err := execute(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, spelling.Visible(b.String()))
	return err
}
