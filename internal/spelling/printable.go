package spelling

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Printable quotes a name that would move the cursor or break a line.
func Printable(name string) string {
	if !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return !strconv.IsPrint(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// Short is Printable of a name in a table: one of more than letters ends in … instead.
func Short(name string, letters int) string {
	if r := []rune(name); len(r) > letters {
		name = string(r[:letters-1]) + "…"
	}
	return Printable(name)
}

// Visible is a message in which names may be: what would move the cursor or be hidden is
// written as in a string of Go. Spaces, tabs and the ends of lines stay.
func Visible(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1: // a byte that some terminals read as a control character
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case r == '\n' || r == '\t' || strconv.IsGraphic(r):
			b.WriteString(text[:n])
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[n:]
	}
	return b.String()
}

// packages are those whose names are in front of their errors, where a reader of the code
// looks for them.
var packages = []string{
	"amdim", "augment", "checkpoint", "cpu", "data", "embedding", "encoder", "engine", "eval",
	"feature", "graph", "imagefile", "kernel", "mixture", "model", "optim", "pack", "segment", "train",
}

// Plain is a message without names of packages in front of its parts: to users of the program
// they say nothing.
func Plain(text string) string {
	parts := strings.Split(text, ": ")
	last := parts[len(parts)-1]
	kept := slices.DeleteFunc(parts[:len(parts)-1], func(part string) bool {
		return slices.Contains(packages, part)
	})
	return strings.Join(append(kept, last), ": ")
}
