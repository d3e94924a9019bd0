package shell

import (
	"runtime"
	"strings"
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
		letters = plainLetters + `\`
	}
	switch {
	case word != "" && strings.Trim(word, letters) == "":
		return word
	case system == "windows":
		return `"` + strings.ReplaceAll(word, `"`, `\"`) + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
