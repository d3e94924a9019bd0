package main

import (
	"os"
	"unicode/utf8"

	"github.com/amdim/amdim/internal/shell"
)

// commandLine is how the program was called, to be typed again in a shell.
func commandLine() string { return typed(os.Args[1:]...) }

// storedCommand is commandLine for a result in JSON; empty if it holds bytes that JSON
// would replace, as it may on Windows: no command line would come of others.
func storedCommand() string {
	if line := commandLine(); utf8.ValidString(line) {
		return line
	}
	return ""
}

// typed is a call of the program with these arguments, as typed in a shell.
func typed(args ...string) string { return shell.Amdim(args...) }

// resuming is the command that goes on with a run, with some flags of this one.
func resuming(out string, flags ...string) string {
	return typed(append([]string{"pretrain", "--resume", "--out", out}, flags...)...)
}
