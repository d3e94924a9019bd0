package checkpoint

import (
	"bytes"
	"testing"

	"github.com/amdim/amdim/internal/floats"
)

// FuzzRead feeds arbitrary bytes to the reader. Whatever it accepts must be
// inside the file, and what it restores must be what it lists.
func FuzzRead(f *testing.F) {
	_, good := testFile(f)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Add(bytes.Repeat([]byte{0xff}, 16))
	f.Fuzz(func(t *testing.T, b []byte) {
		header, err := readHeader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		data := b[len(header):]
		entries, _, err := parseHeader(header[lengthBytes:], int64(len(data)))
		if err != nil {
			return
		}
		total := 0
		for _, e := range entries {
			v := make([]float32, e.size)
			if err := floats.Read(bytes.NewReader(data[e.at:]), v); err != nil {
				t.Fatalf("%s: accepted, but %v", e.Name, err)
			}
			total += 4 * e.size
		}
		if total != len(data) {
			t.Fatalf("tensors have %d bytes, the file %d", total, len(data))
		}
		if r, err := newReader(bytes.NewReader(b), int64(len(b))); err == nil {
			checkEach(t, r)
		}
	})
}

// checkEach reads a file whose checksum is right.
func checkEach(t *testing.T, r *Reader) {
	n := 0
	if err := r.Each(func(string, []float32) error { n++; return nil }); err != nil || n != len(r.Entries) {
		t.Fatalf("%d of %d arrays, %v", n, len(r.Entries), err)
	}
}
