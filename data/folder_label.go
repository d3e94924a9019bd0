package data

import (
	"maps"
	"slices"
	"strings"
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

// label sets the labels of files by the folders directly below prefix and
// returns these; if there are not several, it returns nil and labels are −1.
func label(files []file, prefix string) []string {
	classes := classesBelow(files, prefix)
	setLabels(files, prefix, classes)
	return classes
}

// labelBelow labels two splits by the classes of train: an image of any other
// class has no label.
func labelBelow(train, test []file, learnt, held string) []string {
	classes := label(train, learnt+"/")
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
