package main

import (
	"encoding/json"
	"io"
)

// printJSON writes a result, indented, with names of files as they are.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// asJSON is printJSON of a result.
func asJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error { return printJSON(w, v) }
}
