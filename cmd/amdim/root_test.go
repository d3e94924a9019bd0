package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine"
)

// execute runs the command line and returns what it printed.
func execute(args ...string) (stdout, stderr string, err error) {
	var out, messages bytes.Buffer
	root := rootCommand()
	root.SetOut(&out)
	root.SetErr(&messages)
	err = run(context.Background(), root, args)
	return out.String(), messages.String(), err
}

func TestWrongCommandLinesNameTheCulprit(t *testing.T) {
	for _, c := range []struct {
		args string
		want string
	}{
		{"pretrian", `unknown command "pretrian"`},
		{"pretrian --data folder:photos", `unknown command "pretrian": did you mean "amdim pretrain"?`},
		{"frobnicate --help", `unknown command "frobnicate"`},
		{"data chekc --data x", `unknown command "chekc": did you mean "amdim data check"?`},
		{"version extra", `takes no argument, got "extra"`},
		{"version --frobnicate", "unknown flag: --frobnicate"},
	} {
		_, _, err := execute(strings.Fields(c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("amdim %s: %v, want %q", c.args, err, c.want)
		}
		if code := exitCode(err); code != exitUsage {
			t.Errorf("amdim %s: exit code %d, want %d", c.args, code, exitUsage)
		}
	}
}

func TestVersionGoesToStdout(t *testing.T) {
	out, messages, err := execute("version")
	if err != nil || !strings.HasPrefix(out, "amdim ") || messages != "" {
		t.Errorf("stdout %q, stderr %q, error %v", out, messages, err)
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{fmt.Errorf("open x"), exitFailure},
		{usagef("unknown preset %q", "x"), exitUsage},
		{fmt.Errorf("train: %w", context.Canceled), exitStopped},
		{fmt.Errorf("train: step 3: %w", &engine.NonFiniteError{Op: "nce.1-5", Value: "loss"}), exitNonFinite},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("exitCode(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}
