package main

import (
	"os"
	"path/filepath"
	"strings"
)

// foldersFrom are the folders whose path begins with what was typed, each with a
// slash behind it.
func foldersFrom(begun string) []string {
	parent, name := filepath.Split(begun)
	read := parent
	if read == "" {
		read = "."
	}
	entries, err := os.ReadDir(read)
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(name, ".")
		if hidden || !strings.HasPrefix(e.Name(), name) {
			continue
		}
		if info, err := os.Stat(filepath.Join(read, e.Name())); err == nil && info.IsDir() {
			all = append(all, parent+e.Name()+string(filepath.Separator))
		}
	}
	return all
}
