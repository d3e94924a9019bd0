package embedding

import (
	"errors"
	"testing"
)

// named is an index of images with some names.
func named(t *testing.T, names ...string) *Index {
	t.Helper()
	return indexOf(t, &Set{Names: names, Dim: 2, X: make([]float32, 2*len(names))})
}

func TestFindTakesTheEndOfAPathWhenItIsTheOnlyOne(t *testing.T) {
	x := named(t, "a/x.jpg", "b/x.jpg", "x.jpg", "b/y.jpg", "c/z.jpg", "d/z.jpg", "twice", "twice", "e/twice")
	for _, c := range []struct {
		name string
		want int
		err  error
	}{
		{"a/x.jpg", 0, nil}, {"x.jpg", 2, nil}, {"y.jpg", 3, nil}, {"d/z.jpg", 5, nil}, {"e/twice", 8, nil},
		{"z.jpg", 0, ErrAmbiguousName}, {"twice", 0, ErrAmbiguousName},
		{"pg", 0, ErrNoSuchName}, {"", 0, ErrNoSuchName}, {"cat.jpg", 0, ErrNoSuchName},
	} {
		if i, err := x.Find(c.name); i != c.want || !errors.Is(err, c.err) {
			t.Errorf("%q: %d, %v, want %d, %v", c.name, i, err, c.want, c.err)
		}
	}
}

func TestFindSaysWhichNamesThereAre(t *testing.T) {
	x := named(t, "a/x.jpg", "b/x.jpg", "twice", "twice")
	for name, want := range map[string]string{
		"cat.jpg": `embedding: no image is named "cat.jpg"; the first is named "a/x.jpg"`,
		"wic":     `embedding: no image is named "wic": did you mean "twice"?`,
		"x.jpg": `embedding: several images are named "x.jpg", "a/x.jpg" and "b/x.jpg" among them: ` +
			`give more of the path`,
		"twice": `embedding: several images are named "twice", those of rows 2 and 3 among them: ` +
			`names must differ to be found`,
	} {
		if _, err := x.Find(name); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
