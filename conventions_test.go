package amdim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// What CONVENTIONS.md allows under "Files".
const (
	maxFile     = 400 // lines
	maxFunction = 60  // lines, from "func" to the closing brace
	maxLine     = 110 // characters, of which a tab is one
)

// catchAll are the names that say nothing of what is inside.
var catchAll = []string{"util", "utils", "common", "misc"}

// TestGoFilesKeepToTheConventions reads the files of every platform and build tag.
func TestGoFilesKeepToTheConventions(t *testing.T) {
	documented := map[string]bool{}
	for _, name := range goFiles(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder, file := filepath.Split(name)
		documented[folder] = documented[folder] || file == "doc.go"
		if !strings.HasPrefix(string(src), "// Code generated") {
			checkLength(t, name, string(src))
			checkSyntax(t, name, src)
		}
	}
	if len(documented) < 10 {
		t.Fatalf("%d folders with Go files found", len(documented))
	}
	for _, folder := range slices.Sorted(maps.Keys(documented)) {
		if !documented[folder] {
			t.Errorf("%sdoc.go:1: it is missing", folder)
		}
	}
}

// goFiles are those of the module; folders that the go command passes over are left out.
func goFiles(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.ContainsAny(d.Name()[:1], "._") || d.Name() == "testdata"
		switch {
		case d.IsDir() && hidden && name != ".":
			return filepath.SkipDir
		case !d.IsDir() && filepath.Ext(name) == ".go":
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func checkLength(t *testing.T, name, src string) {
	t.Helper()
	lines := 0
	for line := range strings.Lines(src) {
		lines++
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\r\n")); n > maxLine {
			t.Errorf("%s:%d: %d characters, at most %d are allowed", name, lines, n, maxLine)
		}
	}
	if lines > maxFile {
		t.Errorf("%s:%d: %d lines, at most %d are allowed", name, lines, lines, maxFile)
	}
}

// checkSyntax is for what takes a parser: the length of functions, the name of the package.
func checkSyntax(t *testing.T, name string, src []byte) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first, last := set.Position(f.Pos()).Line, set.Position(f.End()).Line
		if n := last - first + 1; n > maxFunction {
			t.Errorf("%s:%d: %s has %d lines, at most %d are allowed", name, first, f.Name, n, maxFunction)
		}
	}
	base := strings.TrimSuffix(filepath.Base(name), ".go")
	for _, word := range []string{file.Name.Name, filepath.Base(filepath.Dir(name)), base} {
		if word, _, _ = strings.Cut(word, "_"); slices.Contains(catchAll, word) {
			t.Errorf("%s:1: the name %s says nothing of what is inside", name, word)
		}
	}
}
