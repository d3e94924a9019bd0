package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// onTerminal reports whether what is written to w is seen by someone, on a
// terminal that can take a line back: a bar may be drawn.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
