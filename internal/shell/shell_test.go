package shell

import (
	"os/exec"
	"testing"
)

func TestWordsAreQuotedForAShell(t *testing.T) {
	for word, want := range map[string]string{
		`runs\x`: `runs\x`, `C:\my runs`: `"C:\my runs"`, "it's": `"it's"`, `a"b`: `"a\"b"`, "": `""`,
		"50%": `"50%"`, `C:\my runs\`: `"C:\my runs\\"`, `a\"b c\d`: `"a\\\"b c\d"`, `C:\runs\`: `C:\runs\`,
		"linear,knn": `"linear,knn"`, "@x": `"@x"`,
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

// A word that a terminal would obey is shown without that, and bash reads it back exactly.
func TestWordsOfControlCharactersAreEscaped(t *testing.T) {
	word := "a\x1b[31m'\\b\n\xff\t7\u202eé.jpg"
	got := quoteFor("linux", word)
	const want = `$'a\033[31m\'\\b\n\377\0117\342\200\256é.jpg'`
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not here")
	}
	read, err := exec.Command(bash, "-c", "printf %s "+got).Output()
	if err != nil || string(read) != word {
		t.Errorf("bash reads %q, %v, want %q", read, err, word)
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
