package eval

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// noted is a result on 12 test images of which some look like a train image.
func noted(copies int, notes ...string) *Result {
	r := &Result{Test: 12, Copies: Copies{Images: copies, Cosine: 0.9}}
	if r.Notes = notes; copies > 0 {
		r.Notes = append(notes, r.Copies.note(r.Test, "test"))
	}
	return r
}

// Of several encoders the note on copies is one: on those that some can tell, if any can.
func TestNotesOfEncodersThatCannotTellCopiesAreOne(t *testing.T) {
	unknown := &Result{Test: 12, Copies: Copies{Unknown: true}}
	unknown.Notes = []string{unknown.Copies.note(12, "test")}
	for _, c := range []struct {
		results []*Result
		want    string
	}{
		{[]*Result{unknown, noted(0), unknown}, "Whether test images are copies of train images is not known: "},
		{[]*Result{unknown, noted(3), unknown}, "Up to 3 of the 12 test images look to an encoder like a train"},
	} {
		var out strings.Builder
		if err := WriteNotes(&out, c.results); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(out.String()), " ")
		if !strings.HasPrefix(text, c.want) || strings.Count(text, "amdim data check") != 1 {
			t.Errorf("%q, want %q", text, c.want)
		}
	}
}

func TestNotesOfACurveAreWrittenOnce(t *testing.T) {
	const torn, paper = "Left out, as they cannot be read: 1 of 10 train images.", "As in the paper."
	long := strings.Repeat("long words ", 20)
	c := Curve{
		{Result: noted(0)}, {Result: noted(3, torn)},
		{Result: noted(7, torn, paper, long)}, {Result: noted(2, torn)},
	}
	var out bytes.Buffer
	if err := c.Print(&out); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		torn, paper, strings.TrimSpace(long), "Up to 7 of the 12 test images look to an encoder like a train image",
	} {
		if strings.Count(text, want) != 1 {
			t.Errorf("not once %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(text, `"no copies"`) {
		t.Errorf("speaks of a column that is not there:\n%s", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("a long line: %s", line)
		}
	}
	out.Reset()
	if err := c[:1].Print(&out); err != nil || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("%v, more than the table of a result without notes:\n%s", err, out.String())
	}
}
