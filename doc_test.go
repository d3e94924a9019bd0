package amdim

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// go doc shows no methods of an alias.
func TestDocOfAnAliasNamesItsTypeAndMethods(t *testing.T) {
	types := map[string]reflect.Type{
		"Set": reflect.TypeFor[*Set](), "Index": reflect.TypeFor[*Index](), "Match": reflect.TypeFor[*Match](),
		"Unreadable": reflect.TypeFor[*Unreadable](), "Classifier": reflect.TypeFor[*Classifier](),
		"Examples": reflect.TypeFor[*Examples](), "Record": reflect.TypeFor[*Record](),
		"Status":         reflect.TypeFor[*Status](),
		"PretrainResult": reflect.TypeFor[*PretrainResult](),
	}
	for _, g := range declarations(t) {
		for _, s := range g.Specs {
			alias, ok := s.(*ast.TypeSpec)
			if !ok || !alias.Assign.IsValid() {
				continue
			}
			of, text := types[alias.Name.Name], g.Doc.Text()
			if of == nil {
				t.Fatalf("%s is not in the table of this test", alias.Name)
			}
			if !strings.Contains(text, "["+of.Elem().String()+"]") {
				t.Errorf("%s: its comment does not link %s:\n%s", alias.Name, of.Elem(), text)
			}
			for m := range of.Methods() {
				words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \n.,:;()[]", r) })
				if m.Name != "Error" && !slices.Contains(words, m.Name) {
					t.Errorf("%s: its comment lacks the method %s:\n%s", alias.Name, m.Name, text)
				}
			}
		}
	}
}

// declarations are those of types and values in the files of this package.
func declarations(t *testing.T) []*ast.GenDecl {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var all []*ast.GenDecl
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				all = append(all, g)
			}
		}
	}
	return all
}
