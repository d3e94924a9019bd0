package data

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// topFolders returns the top-level folders of the names, sorted; nil if a file
// lies beside them.
func topFolders(files []file) []string {
	top := map[string]bool{}
	for _, f := range files {
		first, _, below := strings.Cut(f.name, "/")
		if !below {
			return nil
		}
		top[first] = true
	}
	return slices.Sorted(maps.Keys(top))
}

// heldOutNames are those of folders that are held out beside train, the first of them that
// is there.
var heldOutNames = []string{"test", "val", "valid", "validation"}

// heldOutFolder is the folder of the test split if the folders are splits: train with test,
// with one for validation, or with both.
func heldOutFolder(top []string) string {
	held := heldOutAmong(top)
	tested := len(held) == 2 && held[0] == "test"
	if slices.Contains(top, "train") && len(held)+1 == len(top) && (len(held) == 1 || tested) {
		return held[0]
	}
	return ""
}

// heldOutAmong are the folders whose names say that they are held out, test first.
func heldOutAmong(top []string) []string {
	return slices.DeleteFunc(slices.Clone(heldOutNames), func(n string) bool { return !slices.Contains(top, n) })
}

// SplitNote says what of a folder is not used as the names of its folders suggest; empty
// if all is.
func SplitNote(ctx context.Context, dir string) (string, error) {
	s, err := walk(ctx, atHome(dir))
	if err != nil {
		return "", err
	}
	return splitNote(s.files), nil
}

func splitNote(files []file) string {
	beside := "" // train and the like
	top := map[string]bool{}
	for _, f := range files {
		first, _, below := strings.Cut(f.name, "/")
		top[first] = true
		if !below || first != "train" && !slices.Contains(heldOutNames, first) {
			beside = first
		}
	}
	folders := slices.Sorted(maps.Keys(top))
	held := heldOutAmong(folders)
	switch {
	case !top["train"] || len(held) == 0 || beside == "" && len(held) == 1:
		return ""
	case beside != "":
		return fmt.Sprintf("Beside train and %s lies %s, so these are taken for folders like any other, not "+
			"for what is learnt from and held out: move it elsewhere", held[0], spelling.Printable(beside))
	case heldOutFolder(folders) != "":
		return fmt.Sprintf("The images in %s are not used: those in %s are held out", held[1], held[0])
	}
	return fmt.Sprintf("The folders train, %s are taken for classes: beside train there may be test and one "+
		"of %s", strings.Join(held, ", "), strings.Join(heldOutNames[1:], ", "))
}

// label sets the labels of files by the folders directly below prefix and
// returns these; if there are not several, it returns nil and labels are −1.
func label(files []file, prefix string) []string {
	classes := classesBelow(files, prefix)
	setLabels(files, prefix, classes)
	return classes
}

// labelBelow labels two splits by the classes of train: an image of any other
// class has no label.
func labelBelow(train, test []file, held string) []string {
	classes := label(train, "train/")
	setLabels(test, held+"/", classes)
	return classes
}

func classesBelow(files []file, prefix string) []string {
	below := make([]file, len(files))
	for i, f := range files {
		below[i].name = strings.TrimPrefix(f.name, prefix)
	}
	if top := topFolders(below); len(top) >= 2 {
		return top
	}
	return nil
}

func setLabels(files []file, prefix string, classes []string) {
	for i, f := range files {
		first, _, below := strings.Cut(strings.TrimPrefix(f.name, prefix), "/")
		files[i].label = -1
		if at, ok := slices.BinarySearch(classes, first); ok && below {
			files[i].label = at
		}
	}
}
