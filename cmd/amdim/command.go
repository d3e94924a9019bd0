package main

import (
	"os"
	"runtime"
	"strings"
)

// commandLine is how the program was called, to be typed again in a shell.
func commandLine() string { return typed(os.Args[1:]...) }

// typed is a call of the program with these arguments, as typed in a shell.
func typed(args ...string) string { return quoteAll(append([]string{"amdim"}, args...)) }

// resuming is the command that goes on with a run, with some flags of this one.
func resuming(out string, flags ...string) string {
	return typed(append([]string{"pretrain", "--resume", "--out", out}, flags...)...)
}

func quoteAll(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = quote(a)
	}
	return strings.Join(words, " ")
}

// plainLetters need no quotes in any shell.
const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@"

// quote writes a word as a shell takes it.
func quote(word string) string { return quoteFor(runtime.GOOS, word) }

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
