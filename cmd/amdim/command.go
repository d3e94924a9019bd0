package main

import (
	"os"
	"strings"
)

// commandLine is how the program was called, to be typed again in a shell.
func commandLine() string { return typed(os.Args[1:]...) }

// typed is a call of the program with these arguments, as typed in a shell.
func typed(args ...string) string { return quoteAll(append([]string{"amdim"}, args...)) }

// resuming is the command that goes on with a run.
func resuming(out string) string { return typed("pretrain", "--resume", "--out", out) }

func quoteAll(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = quote(a)
	}
	return strings.Join(words, " ")
}

// plainLetters need no quotes in any shell.
const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%"

func quote(word string) string {
	if word != "" && strings.Trim(word, plainLetters) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
