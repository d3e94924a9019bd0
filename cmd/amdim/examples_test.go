package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every spec in the documents begins as one that data.Open knows.
func TestDocumentsNameDataBySpecs(t *testing.T) {
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(documents) == 0 {
		t.Fatalf("%d documents, %v", len(documents), err)
	}
	spec := regexp.MustCompile(`--data(?: |, *"?)([\w/.][^ ",` + "`" + `)]*)`)
	for _, path := range append(documents, "../../README.md") {
		for _, found := range spec.FindAllStringSubmatch(read(t, path), -1) {
			known := func(kind string) bool { return strings.HasPrefix(found[1], kind) }
			if !slices.ContainsFunc(specKinds(), known) {
				t.Errorf("%s: %s is no spec", path, found[0])
			}
		}
	}
}
