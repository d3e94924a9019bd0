package data

import (
	"errors"
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
		spec bool // that is wrong
		want string
	}{
		{outside, false, `line 2: "9" is not an image from 0 to 3`},
		{one, true, "fold=1 names one fold"},
		{missing, false, "none: no such file"},
		{other, true, "shapes has no folds"},
	} {
		var spec *SpecError
		if errors.As(c.err, &spec) != c.spec {
			t.Errorf("%v: is it a *SpecError? %v", c.err, !c.spec)
		}
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
	}
}
