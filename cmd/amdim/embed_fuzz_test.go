package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"
)

// A line is either refused or names one image, and its answer is JSON.
func FuzzRequest(f *testing.F) {
	for _, line := range []string{
		"a.jpg", `{"path": "a"}`, `{"id": [1], "image": "AAAA"}`, `{"id": 1, "id": 2}`, `{"path": null}`, "{", "",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		r := request{number: 1, text: line}
		file, err := r.parse()
		if err == nil && len(line) > 0 && (file == nil) == (r.answer.Path == "") {
			t.Fatalf("%q: %d bytes and path %q", line, len(file), r.answer.Path)
		}
		if _, err := json.Marshal(r.answer); err != nil {
			t.Fatalf("%q: answer: %v", line, err)
		}
	})
}

// Lines come back as bytes.Split has them, but for the ends and those too long.
func FuzzReadLine(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n{ } \n"))
	f.Add([]byte("a long line that does not fit\nx"))
	f.Fuzz(func(t *testing.T, text []byte) {
		const limit = 20
		var got, want [][]byte
		in := bufio.NewReaderSize(bytes.NewReader(text), 16)
		for {
			line, err := readLine(in, limit)
			got = append(got, line)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				break
			}
		}
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			want = append(want, trimLine(slices.Clone(line)))
		}
		if len(got) != len(want) {
			t.Fatalf("%d lines, want %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != nil && !bytes.Equal(got[i], want[i]) {
				t.Fatalf("line %d: %q, want %q", i, got[i], want[i])
			}
		}
	})
}
