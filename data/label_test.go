package data

import (
	"errors"
	"io"
	"testing"
)

// mislabelled says of image 37 that it is of a class which may not be there.
type mislabelled struct {
	*Shapes
	label   int
	classes []string
}

func (m mislabelled) Classes() []string { return m.classes }

func (m mislabelled) Label(i int) int {
	if i == 37 {
		return m.label
	}
	return i%3 - 1
}

type namedMislabelled struct{ mislabelled }

func (namedMislabelled) Name(int) string { return "cats/a.jpg" }

func TestALabelOutOfRangeIsAnErrorThatNamesTheImage(t *testing.T) {
	some, two := shapes(t, 40, Test), []string{"cats", "dogs"}
	for _, c := range []struct {
		what string
		set  Dataset
		want string
	}{
		{"above", mislabelled{some, 2, two},
			"data: image 37: its label is 2, need -1 to 1, an index into Classes"},
		{"below, of a file", namedMislabelled{mislabelled{some, -2, two}},
			"data: cats/a.jpg: its label is -2, need -1 to 1, an index into Classes"},
		{"the last class", mislabelled{some, 1, two}, ""},
		{"no classes", mislabelled{some, 2, nil}, ""},
	} {
		err := ended(t, c.set, LoaderConfig{Workers: 2}, stamp)
		switch {
		case c.want == "" && !errors.Is(err, io.EOF):
			t.Errorf("%s: %v", c.what, err)
		case c.want != "" && (err == nil || err.Error() != c.want):
			t.Errorf("%s: %v, want %s", c.what, err, c.want)
		}
	}
}
