package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/plan"
)

// Exit codes; doc.go documents them.
const (
	exitFailure   = 1
	exitUsage     = 2
	exitStopped   = 3
	exitNonFinite = 4
	exitKilled    = 130
)

// exitCodes is what amdim help exit-codes prints.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{0, "done"},
	{exitFailure, "failed: the message names the file, step or operation"},
	{exitUsage, "usage error: an unknown flag, key, preset or kind of data, a value out\n" +
		"       of range, or an output that exists"},
	{exitStopped, "stopped by Ctrl-C, SIGTERM, a lost terminal or a lost reader of its output;\n" +
		"       training that had begun has written a checkpoint"},
	{exitNonFinite, "stopped because a number was not finite; the last checkpoint is kept"},
	{exitKilled, "stopped at once by a second Ctrl-C"},
}

// usageError is a wrong command line: the message names the flag or key.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// stoppedError is a run stopped by a signal, with nothing lost.
type stoppedError struct{ text string }

func (e stoppedError) Error() string { return e.text }
func (e stoppedError) Unwrap() error { return context.Canceled }

// diskFull adds to the error of a run what to do when the disk is full: the
// checkpoint before it is whole, and resume is the command; without one the run begins
// anew.
func diskFull(err error, out, resume string) error {
	if durable.Full(err) {
		again := commandLine()
		if resumeAuto.goesOn(out) {
			again = resume
		}
		return fmt.Errorf("%w: make room, then run %s", err, again)
	}
	return err
}

// diverged adds to the error of a run whose numbers are not finite what to do.
func diverged(err error) error {
	if nonFinite := new(engine.NonFiniteError); errors.As(err, &nonFinite) {
		return fmt.Errorf("%w: --resume with a lower --lr, or start again, perhaps with --set model.tclip=10", err)
	}
	return err
}

// lost adds to the error of a run whose group has lost a process what to do.
func lost(err error) error {
	if errors.Is(err, train.ErrLost) {
		return fmt.Errorf("%w: start all processes again with --resume", err)
	}
	return err
}

// smallerBatch adds to the error for a batch of more images than the data has one that they
// fill, and to that for a batch which memory is too short for one that fits.
func smallerBatch(err error, batch int) error {
	var few *train.BatchError
	var short *engine.MemoryError
	switch {
	case errors.As(err, &few):
		batch = train.BatchFor(few.Images, few.Batch)
	case errors.As(err, &short):
		batch = plan.RoundBatch(int(float64(batch) * float64(short.Fit()) / float64(short.Rows)))
	default:
		return err
	}
	if batch == 0 {
		return err
	}
	return fmt.Errorf("%w: use --batch %d", err, batch)
}

// told is an error as the user reads it: in one line, without packages, a stop as a stop. Names
// in it may come from an archive or a folder of others.
func told(err error) string {
	var stopped stoppedError
	if errors.Is(err, context.Canceled) && !errors.As(err, &stopped) {
		return "stopped before the end"
	}
	lines := strings.FieldsFunc(err.Error(), func(r rune) bool { return r == '\n' || r == '\r' })
	for i, line := range lines {
		lines[i] = spelling.Plain(line)
	}
	return spelling.Visible(strings.Join(lines, "; "))
}

// saying returns what writes a message with its end of line, in which names may be.
func saying(w io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) {
		fmt.Fprintln(w, spelling.Visible(fmt.Sprintf(format, args...)))
	}
}

// note writes one.
func note(w io.Writer, format string, args ...any) { saying(w)("note: "+format, args...) }

// noting returns what writes a note of a command.
func noting(c *cobra.Command) func(what string) {
	return func(what string) { note(c.ErrOrStderr(), "%s", what) }
}

// sayNext says what to do after a command.
func sayNext(c *cobra.Command, commands ...string) error {
	for _, command := range commands {
		if _, err := fmt.Fprintf(c.ErrOrStderr(), "next: %s\n", command); err != nil {
			return err
		}
	}
	return nil
}

func exitCode(err error) int {
	var usage usageError
	var spec *data.SpecError
	var beyond *eval.RangeError
	var batch *train.BatchError
	var schedule *train.ScheduleError
	var nonFinite *engine.NonFiniteError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage), errors.As(err, &spec), errors.As(err, &beyond), errors.As(err, &batch),
		errors.As(err, &schedule):
		return exitUsage
	case errors.As(err, &nonFinite): // not one in a checkpoint: that may be damaged
		return exitNonFinite
	case errors.Is(err, context.Canceled), errors.Is(err, errNoReader):
		return exitStopped
	}
	return exitFailure
}
