package embedding

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// What is read comes out of its own writer and reader again.
func FuzzReadNPY(f *testing.F) {
	for _, c := range headers {
		f.Add([]byte(c.file))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		x, dim, err := readNPY(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			return
		}
		if dim < 1 || len(x) == 0 || len(x)%dim != 0 || 4*len(x) > len(file) {
			t.Fatalf("%d numbers in rows of %d from %d bytes", len(x), dim, len(file))
		}
		var b bytes.Buffer
		if err := writeNPY(&b, x, dim); err != nil {
			t.Fatal(err)
		}
		again, dimAgain, err := readNPY(&b, int64(b.Len()))
		if err != nil || dim != dimAgain || !slices.EqualFunc(x, again, sameBits) {
			t.Fatalf("again: %v, %d and %d", err, dim, dimAgain)
		}
	})
}

func sameBits(a, b float32) bool { return math.Float32bits(a) == math.Float32bits(b) }

func FuzzReadNames(f *testing.F) {
	for _, s := range []string{
		"", `{"name": "a"}`, `{"name":"a\ufffd","bytes":"Yf8="}` + "\n" + `{"name":"\n"}`, "{}", "a",
		`{"name":"a","version":"7 2026-11-29T14:00:00Z"}` + "\n" + `{"name":"b"}`, `{"name":"a","version":7}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, again := &Set{}, &Set{}
		if err := s.readNames(strings.NewReader(text)); err != nil {
			return
		}
		var b bytes.Buffer
		if err := s.writeNames(&b); err != nil {
			t.Fatal(err)
		}
		if err := again.readNames(&b); err != nil || !reflect.DeepEqual(s, again) {
			t.Fatalf("%+v, then %+v, %v", s, again, err)
		}
	})
}

func FuzzReadOrigin(f *testing.F) {
	for _, s := range []string{`{"model": {"px": 64}, "rows": 1}`, "{}", "null", "[]", "{}{}", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if o, err := readOrigin(strings.NewReader(text), int64(len(text))); err == nil && o == nil {
			t.Fatal("neither origin nor error")
		}
	})
}
