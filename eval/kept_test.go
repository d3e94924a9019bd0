package eval

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWhatARunKeepsIsReadIfThereIsAny(t *testing.T) {
	path := filepath.Join(t.TempDir(), "eval.json")
	if r, err := ReadKept(path, ReadResult); r != nil || err != nil {
		t.Errorf("no file: %v, %v", r, err)
	}
	var b bytes.Buffer
	if err := sample().WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		want *Result
	}{{b.String(), sample()}, {"{", nil}} {
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := ReadKept(path, ReadResult)
		if !reflect.DeepEqual(r, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%.9s: %v, %v", c.text, r, err)
		}
		if err != nil && !strings.Contains(err.Error(), path) {
			t.Errorf("the error does not name the file: %v", err)
		}
	}
}
