package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// A folder of others may have any name; the machine's files beside pages keep it exactly.
func TestPagesAndCardsHaveNoControlCharacters(t *testing.T) {
	const name = "ph\x1b[31mo\xfftos"
	c := aCard(t)
	c.Meta.Data.Spec, c.Commands = "folder:"+name, []string{"amdim " + name}
	fact := Fact{Name: "data", Value: name}
	for what, write := range map[string]func(io.Writer) error{
		"card":       c.Write,
		"page":       (&Page{Title: name, Facts: []Fact{fact}, Commands: []string{name}}).Write,
		"comparison": (&Comparison{Title: name, Runs: []Run{{Facts: []Fact{fact}}}}).Write,
		"sheet":      (&Sheet{Title: name}).HTML,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if text := b.String(); strings.Contains(text, "\x1b") || !utf8.ValidString(text) ||
			!strings.Contains(text, `ph\x1b[31mo`) {
			t.Errorf("%s: %q", what, text[:min(len(text), 400)])
		}
	}
}
