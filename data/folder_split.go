package data

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// splitNames are the names of folders that are splits, in small letters, and what each
// holds: what is learnt from, or what is held out for a test or for validation.
var splitNames = map[string]string{
	"train": "train", "training": "train",
	"test": "test", "testing": "test",
	"val": "val", "valid": "val", "validation": "val",
}

// splitOf is what a folder holds by its name, however it is written; empty: no split.
func splitOf(folder string) string { return splitNames[strings.ToLower(folder)] }

// IsTrainFolder reports whether a folder is a train split by its name, "train" or "training" in
// any capitals. It is one only if a held-out folder lies beside it.
func IsTrainFolder(name string) bool { return splitOf(name) == "train" }

// splitFolders are top-level folders by what their names say.
type splitFolders struct {
	train, test, val []string
	others           []string
}

func newSplitFolders(top []string) (s splitFolders) {
	for _, name := range top {
		of := &s.others
		switch splitOf(name) {
		case "train":
			of = &s.train
		case "test":
			of = &s.test
		case "val":
			of = &s.val
		}
		*of = append(*of, name)
	}
	return s
}

// held are the folders that are held out by their names, test first.
func (s splitFolders) held() []string { return slices.Concat(s.test, s.val) }

// chosen are the folders that are learnt from and held out if all are splits, one of each
// kind: train with test, with one for validation, or with both, and then test is held out.
func (s splitFolders) chosen() (train, held string, ok bool) {
	if len(s.others) > 0 || len(s.train) != 1 || len(s.test) > 1 || len(s.val) > 1 || len(s.held()) == 0 {
		return "", "", false
	}
	return s.train[0], s.held()[0], true
}

// splitNote says what of a folder is not used as the names of its folders suggest; empty
// if all is.
func splitNote(files []file) string {
	top, stray := map[string]bool{}, ""
	for _, f := range files {
		first, _, below := strings.Cut(f.name, "/")
		if top[first] = true; !below {
			stray = first
		}
	}
	s := newSplitFolders(slices.Sorted(maps.Keys(top)))
	held := s.held()
	if len(s.train) == 0 || len(held) == 0 {
		return ""
	}
	for i := range held {
		held[i] = spelling.Printable(held[i])
	}
	train := spelling.Printable(s.train[0])
	beside := stray
	if beside == "" && len(s.others) > 0 {
		beside = s.others[len(s.others)-1]
	}
	if beside != "" {
		return fmt.Sprintf("Beside %s and %s lies %s, so these are taken for folders like any other, not "+
			"for what is learnt from and held out: move it elsewhere", train, held[0], spelling.Printable(beside))
	}
	switch _, _, ok := s.chosen(); {
	case ok && len(held) == 1:
		return ""
	case ok:
		return fmt.Sprintf("The images in %s are not used: those in %s are held out", held[1], held[0])
	}
	return fmt.Sprintf("The folders %s are taken for classes: there may be one train, one test, and one of "+
		"val, valid, validation", strings.Join(slices.Concat(s.train, held), ", "))
}
