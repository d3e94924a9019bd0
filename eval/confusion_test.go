package eval

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func TestConfusionCountsMistakes(t *testing.T) {
	labels := []int32{0, 0, 0, 0, 1, 1, 2}
	predicted := []int32{0, 1, 1, 2, 1, 0, 2}
	c := NewConfusion(predicted, labels, 4)
	if want := []int{1, 2, 1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0}; !slices.Equal(c.Counts, want) {
		t.Errorf("counts %v, want %v", c.Counts, want)
	}
	if c.Accuracy() != Accuracy(predicted, labels) || c.Images(0) != 4 || c.Images(3) != 0 {
		t.Errorf("accuracy %g, %d and %d images", c.Accuracy(), c.Images(0), c.Images(3))
	}
	// 2 of 4 and 1 of 2 are equals: the lower class first.
	want := []Mistake{{0, 1, 2, 4}, {1, 0, 1, 2}, {0, 2, 1, 4}}
	if got := c.Mistakes(9); !slices.Equal(got, want) {
		t.Errorf("mistakes %v, want %v", got, want)
	}
	if got := c.Mistakes(1); !slices.Equal(got, want[:1]) {
		t.Errorf("the most common %v", got)
	}
}

func TestConfusionOfNothingIsEmpty(t *testing.T) {
	if c := NewConfusion(nil, nil, 3); c.Accuracy() != 0 || c.Mistakes(3) != nil {
		t.Errorf("%+v", c)
	}
}

// A class may have train images alone: nothing is known of it.
func TestNothingIsSaidOfAClassWithoutImages(t *testing.T) {
	for _, classes := range []int{4, 12} {
		c := NewConfusion([]int32{0, 1, 1}, []int32{0, 1, 2}, classes)
		r := Result{Classes: classes, Rows: []Row{
			{Representation: Model, Protocol: Linear, PerClass: c.PerClass(), Confusion: c.Rows()},
		}}
		for l := range classes {
			r.ClassNames = append(r.ClassNames, fmt.Sprintf("class %d", l))
		}
		var text, table bytes.Buffer
		if err := r.WriteJSON(&text); err != nil {
			t.Fatal(err)
		}
		if want := `"per_class": [1, 1, 0, null`; !strings.Contains(text.String(), want) {
			t.Errorf("%s\nlacks %s", &text, want)
		}
		back, err := ReadResult(text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if s := back.Rows[0].PerClass; len(s) != classes || s[2] != 0 || !math.IsNaN(s[3]) {
			t.Errorf("read back: %v", s)
		}
		back.printClasses(&table)
		line := map[int]string{4: "class 3 3 – – – –\n", 12: "class 2 0.0 %\n"}[classes]
		if got := lines(table.String()); !strings.Contains(got, line) || strings.Contains(got, "class 3 0") {
			t.Errorf("%s\nlacks %q, or knows of class 3", got, line)
		}
	}
}

// lines have one space between words, and none at their ends.
func lines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return b.String()
}
