package data

import (
	"reflect"
	"strings"
	"testing"
)

func TestFoldsAreThoseOfTheFile(t *testing.T) {
	for _, path := range stlForms(t) {
		folds, err := smallSTL.readFolds(path)
		if want := [][]int{{3, 0}, {1, 2}}; err != nil || !reflect.DeepEqual(folds, want) {
			t.Errorf("%s: %v, %v, want %v", path, folds, err, want)
		}
	}
}

func TestFoldsAreRefusedWhereThereAreNone(t *testing.T) {
	dir, files := t.TempDir(), stlFiles()
	files["fold_indices.txt"] = []byte("3 0\n1 9\n")
	writeFiles(t, dir, files)
	_, outside := smallSTL.readFolds(dir)
	_, one := smallSTL.readFolds(dir + ",fold=1")
	_, missing := Folds("stl10:" + dir + "/none")
	_, other := Folds("shapes")
	for _, c := range []struct {
		err  error
		want string
	}{
		{outside, `line 2: "9" is no image from 0 to 3`},
		{one, "fold=1 names one of the folds"},
		{missing, "none: no such file"},
		{other, "shapes has no folds"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
}
