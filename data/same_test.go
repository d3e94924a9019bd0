package data

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheSameDataMayBeSpelledOtherwise(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	t.Setenv("HOME", root)
	t.Setenv("USERPROFILE", root) // on Windows
	for _, dir := range []string{"photos", "other"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	linked := os.Symlink("photos", "link") == nil
	abs := filepath.Join(root, "photos")
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"folder:photos", "folder:photos", true},
		{"folder:photos", "folder:photos/", true},
		{"folder:photos", "folder:./other/../photos", true},
		{"folder:" + abs, "folder:photos", true},
		{"folder:~/photos", "folder:photos", true},
		{"folder:link", "folder:photos", linked},
		{"folder:gone", "folder:./gone/", true},
		{"stl10:photos,fold=1", "stl10:./photos,fold=1", true},
		{"stl10:photos,fold=1", "stl10:photos,fold=2", false},
		{"folder:photos", "folder:other", false},
		{"folder:photos", "packed:photos", false},
		{"folder:", "folder:.", false},
		{"shapes", "shapes", true},
		{"shapes", "shapes:size=64", false},
		{"", "folder:photos", false},
		{"", "", true},
	} {
		if got := Same(c.a, c.b, true); got != c.want || Same(c.b, c.a, true) != c.want {
			t.Errorf("%q, %q: %t, want %t", c.a, c.b, got, c.want)
		}
	}
	if Same("folder:photos", "folder:"+abs, false) || !Same("folder:"+abs, "folder:photos", false) {
		t.Error("a relative path was meant from another folder, perhaps; an absolute one was not")
	}
}
