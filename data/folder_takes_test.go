package data

import (
	"os"
	"path/filepath"
	"testing"
)

// Said of a file before it is there is what a scan finds when it is.
func TestTakesSaysWhatAScanWillFind(t *testing.T) {
	root := photographs(t, "photos/a/1.png", "photos/b/2.png", "photosets/3.png")
	dir := filepath.Join(root, "photos")
	linked := os.Symlink(dir, filepath.Join(root, "link")) == nil
	for _, c := range []struct {
		path string
		want bool
	}{
		{"photos/sheet.png", true},
		{"photos/a/new/deep/x.overlay.PNG", true},
		{"photos/a/../y.png", true},
		{"link/z.png", linked},
		{"photos/sheet.html", false},
		{"photos/vectors.npy", false},
		{"photos/.hidden/x.png", false},
		{"photos/@eaDir/x.png", false},
		{"photos/../x.png", false},
		{"photosets/x.png", false},
		{"x.png", false},
	} {
		path := filepath.Join(root, filepath.FromSlash(c.path))
		if got := Takes("folder:"+dir, path); got != c.want {
			t.Errorf("%s: %t, want %t", c.path, got, c.want)
		}
		if filepath.Base(filepath.Dir(path)) == "link" && !linked {
			continue
		}
		before := openAll(t, dir, Options{}).Len()
		put(t, root, c.path, encode(t, "x.png", photograph(9, 8, 12)))
		if got := openAll(t, dir, Options{}).Len() > before; got != c.want {
			t.Errorf("%s: found %t, want %t", c.path, got, c.want)
		}
	}
	for _, spec := range []string{"shapes", "folder:", "packed:" + dir, "cifar10:" + dir, ""} {
		if Takes(spec, filepath.Join(dir, "x.png")) {
			t.Errorf("%s takes an image of photos", spec)
		}
	}
	t.Chdir(root)
	if !Takes("folder:photos", "photos/x.png") || Takes("folder:photos", "x.png") {
		t.Error("relative paths")
	}
}
