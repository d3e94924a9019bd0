package eval

import (
	"io"
	"testing"
)

// Whatever a file holds, it is refused or can be printed.
func FuzzReadResult(f *testing.F) {
	f.Add([]byte(`{"classes":2,"class_names":["a","b"],"rows":[` +
		`{"representation":"model","protocol":"linear","accuracy":{"mean":0.5}}]}`))
	f.Add([]byte(`{"rows":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := ReadResult(text)
		if err != nil {
			return
		}
		if err := r.Print(io.Discard); err != nil {
			t.Error(err)
		}
	})
}
