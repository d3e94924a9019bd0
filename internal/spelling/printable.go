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

// packages are those of the errors that users may see, in front of which they are for a reader of
// the code. A test of the module's root compares them with the folders.
var packages = []string{
	"amdim", "augment", "checkpoint", "classify", "config", "cpu", "data", "embedding", "encoder", "engine",
	"enginetest", "eval", "feature", "fetch", "graph", "health", "imagefile", "kernel", "live", "measure",
	"mixture", "model", "onnx", "optim", "original", "pack", "plan", "ref", "report", "runreport", "segment",
	"selftest", "serve", "survey", "sweep", "tensor", "tensorboard", "torch", "torchfile", "train",
}

// Plain is a message without names of packages where they begin it, or what follows a flag: to users
// of the program they say nothing. Elsewhere such a word may be the name of a file, but for imagefile.
func Plain(text string) string {
	var kept []string
	rest := text
	for {
		part, after, more := strings.Cut(rest, ": ")
		switch {
		case more && slices.Contains(packages, part):
		case more && strings.HasPrefix(part, "--"):
			kept = append(kept, part)
		default:
			rest = strings.ReplaceAll(rest, ": imagefile: ", ": ")
			return strings.Join(append(kept, rest), ": ")
		}
		rest = after
	}
}
