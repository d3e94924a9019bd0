package keyed

import (
	"encoding"
	"testing"
)

type list []int

func (l list) String() string { return "a list" }

// word is a text in JSON, though a struct.
type word struct{ s string }

func (w *word) UnmarshalText(text []byte) error { w.s = string(text); return nil }

var _ encoding.TextUnmarshaler = (*word)(nil)

type settings struct {
	Name  string  `json:"name,omitempty"`
	Rate  float32 `json:"rate"`
	List  list    `json:"list"`
	Inner struct {
		Word   word   `json:"word"`
		Shares [2]int `json:"shares,omitzero"`
		On     bool   `json:"on"`
	} `json:"inner"`
}

func TestDiffNamesKeysInTheirOrder(t *testing.T) {
	var a, b settings
	b.Inner.On, b.Inner.Shares, b.Inner.Word.s = true, [2]int{1, 2}, "w"
	b.Rate, b.Name = 0.1, "b"
	for _, c := range []struct{ path, got, want string }{
		{"", Text(Diff("", a, a)), ""},
		{"", Text(Diff("", a, b)), `name is "", not b; rate is 0, not 0.1; inner.word is {}, not {w}; ` +
			"inner.shares is [0 0], not [1 2]; inner.on is false, not true"},
		{"all", Text(Diff("all", b.Inner, a.Inner)), "all.word is {w}, not {}; all.shares is [1 2], not [0 0]; " +
			"all.on is true, not false"},
	} {
		if c.got != c.want {
			t.Errorf("below %q: %s, want %s", c.path, c.got, c.want)
		}
	}
}

func TestEmptyListsAreTheSame(t *testing.T) {
	a, b := settings{List: list{}}, settings{}
	if d := Diff("", a, b); d != nil {
		t.Errorf("an empty list and none: %v", d)
	}
}
