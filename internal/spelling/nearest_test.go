package spelling

import "testing"

func TestNearestAllowsAThirdOfTheLetters(t *testing.T) {
	words := []string{"pretrain", "plan", "eval", "embed", "precision"}
	for _, c := range []struct{ word, want string }{
		{"pretrian", "pretrain"},
		{"pretrain", "pretrain"},
		{"pretran", "pretrain"},
		{"pla", "plan"},
		{"evel", "eval"},
		{"lpan", "plan"},
		{"plna", "plan"},
		{"presicion", "precision"},
		{"xx", ""},
		{"", ""},
		{"train-it", ""},
	} {
		got, ok := Nearest(c.word, words)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Nearest(%q) = %q, %v, want %q", c.word, got, ok, c.want)
		}
	}
}
