package spelling

import "testing"

func TestPrintableQuotesWhatMovesTheCursor(t *testing.T) {
	for name, want := range map[string]string{
		"IMG 1.jpg": "IMG 1.jpg", "Käse": "Käse", "a\x1b[31m": `"a\x1b[31m"`, "two\nlines": `"two\nlines"`,
	} {
		if got := Printable(name); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}
