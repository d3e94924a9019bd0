package shell

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/amdim/amdim/internal/spelling"
)

// Amdim is a call of the program with these arguments.
func Amdim(args ...string) string { return Line(append([]string{"amdim"}, args...)...) }

// Line is a command line of these words.
func Line(args ...string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = Quote(a)
	}
	return strings.Join(words, " ")
}

// plainLetters need no quotes in any shell.
const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@"

// Quote writes a word as a shell takes it.
func Quote(word string) string { return quoteFor(runtime.GOOS, word) }

// quoteFor writes a word as the shells of a system take it: sh, or cmd.exe, to which ' is
// a letter and % is not, and PowerShell.
func quoteFor(system, word string) string {
	letters := plainLetters + "%"
	if system == "windows" {
		letters = strings.Trim(plainLetters, ",+@") + `+\` // PowerShell makes two words of a,b
	}
	switch {
	case word != "" && strings.Trim(word, letters) == "":
		return word
	case system == "windows":
		return quotedForWindows(word)
	}
	if spelling.Printable(word) != word {
		return escaped(word)
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// beforeQuote are backslashes before a quote, or before the one that ends the word.
var beforeQuote = regexp.MustCompile(`(\\*)("|$)`)

// quotedForWindows doubles them, as CommandLineToArgvW takes \" for a quote and \\" for \ and an end.
func quotedForWindows(word string) string {
	return `"` + beforeQuote.ReplaceAllStringFunc(word, func(s string) string {
		slashes := strings.TrimSuffix(s, `"`)
		if slashes == s {
			return slashes + slashes
		}
		return slashes + slashes + `\"`
	}) + `"`
}

// escaped writes a word that would move the cursor or break a line, in the form that bash,
// zsh and POSIX of 2024 (section 2.2.4) read back exactly.
func escaped(word string) string {
	var b strings.Builder
	b.WriteString("$'")
	for i, r := range word {
		_, n := utf8.DecodeRuneInString(word[i:])
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\'' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == utf8.RuneError && n == 1 || !strconv.IsPrint(r):
			for _, c := range []byte(word[i : i+n]) {
				fmt.Fprintf(&b, `\%03o`, c) // ksh reads on after \x
			}
		default:
			b.WriteString(word[i : i+n])
		}
	}
	return b.String() + "'"
}
