package main

import (
	"io"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/spelling"
)

// noteInside says, before the work, that path, an image file that a command is about to
// write, lies where it will be read as one of the data of a spec. given is the value of the
// flag that places it. Only images are data, so runs, vectors and pages need no note.
func noteInside(w io.Writer, flag, given, path string, specs ...string) {
	for _, spec := range specs {
		if data.Takes(spec, path) {
			note(w, "--%s %s lies inside %s: what is written there becomes one of its images, which are "+
				"learnt from and evaluated, and runs on it no longer resume; name a place outside",
				flag, spelling.Printable(given), spelling.Printable(spec))
			return
		}
	}
}
