package data

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// photograph is a small picture whose colours depend on n.
func photograph(n, h, w int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.Set(x, y, color.RGBA{uint8(10 + n), uint8(100 + 2*y), uint8(40 + 3*x), 255})
		}
	}
	return m
}

func encode(t testing.TB, name string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	err := png.Encode(&b, m)
	if strings.HasSuffix(strings.ToLower(name), "jpg") {
		b.Reset()
		err = jpeg.Encode(&b, m, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// put writes a file and the folders above it.
func put(t testing.TB, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// photographs makes a folder of files with these names.
func photographs(t testing.TB, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range names {
		put(t, dir, name, encode(t, name, photograph(i, 8, 12)))
	}
	return dir
}

func names(d Dataset) []string {
	var all []string
	for i := range d.Len() {
		all = append(all, Name(d, i))
	}
	return all
}

func labels(d Dataset) []int {
	var all []int
	for i := range d.Len() {
		all = append(all, d.Label(i))
	}
	return all
}

func TestFolderFindsImagesByNameAtAnyDepth(t *testing.T) {
	dir := photographs(t,
		"b/1.jpg", "b-1.PNG", "b/deep/er/2.jpg", "a, b:c.png", "ü ñ.png", "B.jpg", "line\nend.png")
	for _, other := range []string{
		".hidden.png", ".git/x.png", "__MACOSX/x.png", "@eaDir/x.jpg", "notes.txt", "Thumbs.db", "b/x.mp4",
	} {
		put(t, dir, other, nil)
	}
	f, err := OpenFolder(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"B.jpg", "a, b:c.png", "b-1.PNG", "b/1.jpg", "b/deep/er/2.jpg", "line\nend.png", "ü ñ.png"}
	if got := names(f); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range f.Len() {
		if img, err := f.Image(i); err != nil || img.H != 8 || img.W != 12 {
			t.Errorf("%s: %d×%d, %v", f.Name(i), img.W, img.H, err)
		}
	}
}

func TestFolderTakesItsFirstLevelForTheClass(t *testing.T) {
	for _, c := range []struct {
		names   []string
		classes []string
		labels  []int
	}{
		{[]string{"cat/1.png", "cat/x/2.png", "dog/y/3.png"}, []string{"cat", "dog"}, []int{0, 0, 1}},
		{[]string{"cat/1.png", "cat/x/2.png"}, nil, []int{-1, -1}},
		{[]string{"cat/1.png", "dog/2.png", "lies about.png"}, nil, []int{-1, -1, -1}},
		{[]string{"1.png"}, nil, []int{-1}},
	} {
		f, err := OpenFolder(photographs(t, c.names...), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(f.Classes(), c.classes) || !slices.Equal(labels(f), c.labels) {
			t.Errorf("%q: classes %q, labels %v", c.names, f.Classes(), labels(f))
		}
	}
}
