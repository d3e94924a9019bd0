package main

import "testing"

func TestWordsAreQuotedForAShell(t *testing.T) {
	for word, want := range map[string]string{
		"--out": "--out", "folder:../a b": "'folder:../a b'", "": "''", "it's": `'it'\''s'`, "a;b": "'a;b'",
		"runs/été": "'runs/été'",
	} {
		if got := quote(word); got != want {
			t.Errorf("quote(%q) = %s, want %s", word, got, want)
		}
	}
}
