package main

import (
	"os"
	"slices"
	"unicode/utf8"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/shell"
)

// commandLine is how the program was called, to be typed again in a shell.
func commandLine() string { return typed(os.Args[1:]...) }

// storedCommand is commandLine for a result in JSON; empty if it holds bytes that JSON
// would replace, of which no other command line would come.
func storedCommand() string {
	if line := commandLine(); utf8.ValidString(line) {
		return line
	}
	return ""
}

// reproducing are the command lines that made a run and, if that is known, a result of its
// update step: of a run that went on they would give another.
func reproducing(made []string, r *eval.Result, step int) []string {
	if r == nil || r.Step != step {
		return made
	}
	return joined(made, r.Commands())
}

// joined are the lines of both, each once: a demo or sweep trains and evaluates.
func joined(a, b []string) []string {
	all := slices.Clone(a)
	for _, line := range b {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// typed is a call of the program with these arguments, as typed in a shell.
func typed(args ...string) string { return shell.Amdim(args...) }

// resuming is the command that goes on with a run, with some flags of this one.
func resuming(out string, flags ...string) string {
	return typed(append([]string{"pretrain", "--resume", "--out", out}, flags...)...)
}
