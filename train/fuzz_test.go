package train

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzReadMetrics feeds arbitrary lines to the reader of records. What a run
// keeps of them when it resumes can be read again.
func FuzzReadMetrics(f *testing.F) {
	f.Add([]byte(`{"step":1,"loss":2.5}` + "\n" + `{"step":2}` + "\n"))
	f.Add([]byte(`{"step":1}` + "\n" + `{"st`))
	f.Add([]byte("x\n" + `{"step":11}` + "\n"))
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "metrics.jsonl")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		ReadMetrics(path) // must not panic
		last, end, err := lastBefore(bytes.NewReader(text), 10)
		if err != nil {
			return // a damaged line
		}
		if end > int64(len(text)) || last.Step > 10 {
			t.Fatalf("last %+v, end %d of %d", last, end, len(text))
		}
		if err := os.Truncate(path, end); err != nil {
			t.Fatal(err)
		}
		if kept, err := ReadMetrics(path); err != nil || len(kept) != bytes.Count(text[:end], []byte{'\n'}) {
			t.Fatalf("%d records kept, %v", len(kept), err)
		}
	})
}

// FuzzReadUnreadable feeds arbitrary lines to the reader of the list.
func FuzzReadUnreadable(f *testing.F) {
	f.Add([]byte(`{"name":"a.jpg","error":"cut off"}` + "\n"))
	f.Add([]byte(`{"name":"a.jpg"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "unreadable.jsonl")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		list, err := ReadUnreadable(path)
		if err == nil && len(list) > bytes.Count(text, []byte{'\n'}) {
			t.Fatalf("%d images of %q", len(list), text)
		}
	})
}
