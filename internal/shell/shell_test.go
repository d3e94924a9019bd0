package shell

import "testing"

func TestWordsAreQuotedForAShell(t *testing.T) {
	for word, want := range map[string]string{
		`runs\x`: `runs\x`, `C:\my runs`: `"C:\my runs"`, "it's": `"it's"`, `a"b`: `"a\"b"`, "": `""`,
		"50%": `"50%"`,
	} {
		if got := quoteFor("windows", word); got != want {
			t.Errorf("Windows: quote(%q) = %s, want %s", word, got, want)
		}
	}
	for word, want := range map[string]string{
		"--out": "--out", "folder:../a b": "'folder:../a b'", "": "''", "it's": `'it'\''s'`, "a;b": "'a;b'",
		"folder:../a/b,c": "folder:../a/b,c", "a$b": "'a$b'", "--set": "--set", "train.batch=64": "train.batch=64",
		"runs/été": "'runs/été'", `a\b`: `'a\b'`,
	} {
		if got := quoteFor("linux", word); got != want {
			t.Errorf("quote(%q) = %s, want %s", word, got, want)
		}
	}
}

func TestALineIsOfQuotedWords(t *testing.T) {
	if got, want := Amdim("report", "run", "--images", "5"), "amdim report run --images 5"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got, want := Line("tar", "my images"), "tar "+Quote("my images"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
