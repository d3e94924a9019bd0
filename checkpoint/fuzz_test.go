package checkpoint

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
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
		entries, meta, err := parseHeader(header[lengthBytes:], int64(len(data)))
		if err != nil {
			return
		}
		total := 0
		for _, e := range entries {
			v := make([]float32, e.size)
			if err := readFloats(bytes.NewReader(data[e.at:]), v, make([]byte, 4*chunk)); err != nil {
				t.Fatalf("%s: accepted, but %v", e.Name, err)
			}
			total += 4 * e.size
		}
		if total != len(data) {
			t.Fatalf("tensors have %d bytes, the file %d", total, len(data))
		}
		if err := verify(header, meta[checksumKey], bytes.NewReader(data)); err == nil {
			checkRestores(t, b)
		}
	})
}

// checkRestores opens a file whose checksum is right.
func checkRestores(t *testing.T, b []byte) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		t.Fatalf("checksum is right, but %v", err)
	}
	defer r.Close()
	n := 0
	if err := r.Each(func(string, []float32) error { n++; return nil }); err != nil || n != len(r.Entries) {
		t.Fatalf("%d of %d arrays, %v", n, len(r.Entries), err)
	}
}
