package data

import (
	"io/fs"
	"path"
	"slices"
	"testing"
)

func TestListIsPathsAndLabels(t *testing.T) {
	const text = "a/abbey/gsun_1.jpg 0\r\nb/bar/a name with spaces.jpg 2\nb/bar/gsun_2.jpg 1"
	want := []file{
		{name: "a/abbey/gsun_1.jpg"}, {name: "b/bar/a name with spaces.jpg", label: 2},
		{name: "b/bar/gsun_2.jpg", label: 1},
	}
	for _, end := range []string{"", "\n", "\r\n"} {
		if got, err := parseList(text+end, 3); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v", got, err)
		}
	}
}

func TestListErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", `line 1: "", need a path, a space and a label`},
		{"a/b.jpg 0\n\na/c.jpg 0\n", `line 2: "", need a path`},
		{"a/b.jpg\n", `line 1: "a/b.jpg", need a path`},
		{"a/b.jpg,0\n", `line 1: "a/b.jpg,0", need a path`},
		{"a/b.jpg 3\n", `line 1: label "3", need 0 to 2`},
		{"a/b.jpg -1\n", `line 1: label "-1", need`},
		{"a/b.jpg 0\na/c.jpg x\n", `line 2: label "x", need`},
		{"a/b.jpg 0 \n", `line 1: label "", need`},
		{"/a/b.jpg 0\n", `"/a/b.jpg" is not a path inside`},
		{"a/../../b.jpg 0\n", `"a/../../b.jpg" is not a path inside`},
		{"b.jpg 0\n", `"b.jpg" is not a path inside the folder of a class`},
		{" 0\n", `"" is not a path inside`},
		{"a/b.jpg 0\na/c.jpg 0\na/b.jpg 0\n", "line 3: a/b.jpg is in it twice"},
	} {
		_, err := parseList(c.text, 3)
		wantError(t, c.text, err, c.want)
	}
}

func TestClassHasOneNameInAllLists(t *testing.T) {
	parse := func(text string) []file {
		files, err := parseList(text, 3)
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	const good = "a/abbey/1.jpg 0\nb/bar/in/1.jpg 1\ncafe/1.jpg 2\n"
	c := newClassPaths(3)
	if err := c.add(parse(good)); err != nil || !slices.Equal(c.names(), []string{"abbey", "bar/in", "cafe"}) {
		t.Errorf("%q, %v", c.names(), err)
	}
	for _, bad := range []struct{ text, want string }{
		{"a/abbey/2.jpg 0\nb/bar/out/1.jpg 1\n", "line 2: label 1 is b/bar/out, before it was b/bar/in"},
		{"b/bar/in/2.jpg 0\n", "line 1: label 0 is b/bar/in, before it was a/abbey"},
		{"a/abbey/2.jpg 0\ncafe/2.jpg 2\n", "no image with label 1 in it, need all of 0 to 2"},
	} {
		wantError(t, bad.text, c.add(parse(bad.text)), bad.want)
	}
	err := newClassPaths(3).add(parse("a/abbey/1.jpg 0\na/abbey/2.jpg 1\n"))
	wantError(t, "two labels", err, "line 2: a/abbey has label 1, before it had 0")
}

func FuzzList(f *testing.F) {
	f.Add("a/abbey/gsun_1.jpg 0\r\nb/bar/a name.jpg 2\nc/cafe/1.jpg 1\n")
	f.Add("a/b.jpg 0\n\n")
	f.Add("a/../b.jpg 0")
	f.Fuzz(func(t *testing.T, text string) {
		files, err := parseList(text, 3)
		if err != nil {
			return
		}
		for _, x := range files {
			if !fs.ValidPath(x.name) || path.Dir(x.name) == "." || x.label < 0 || x.label > 2 {
				t.Errorf("accepted %+v", x)
			}
		}
		c := newClassPaths(3)
		if err := c.add(files); err == nil && (len(files) < 3 || slices.Contains(c.names(), "")) {
			t.Errorf("classes %q of %d files", c.names(), len(files))
		}
	})
}
