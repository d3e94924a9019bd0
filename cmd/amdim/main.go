package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	boundGarbage()
	ctx, cancel := interruptible()
	signal.Ignore(syscall.SIGPIPE) // it would end the program before a checkpoint is written
	root := rootCommand()
	root.SetOut(piped(os.Stdout, cancel))
	root.SetErr(piped(os.Stderr, cancel))
	err := run(ctx, root, os.Args[1:])
	switch {
	case unheard(ctx, err):
		err = errNoReader
	case err != nil:
		fmt.Fprintln(os.Stderr, "amdim:", told(err))
	}
	os.Exit(exitCode(err))
}

// interruptible returns a context that the first Ctrl-C, SIGTERM or hang-up of the terminal
// cancels; a second Ctrl-C or SIGTERM ends the program at once.
func interruptible() (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup(1) wants the program to outlive its terminal
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		first := time.Now()
		fmt.Fprintln(os.Stderr, "\namdim: stopping; Ctrl-C again stops at once")
		cancel(nil)
		for s := range signals {
			if insists(s, time.Since(first)) {
				os.Exit(exitKilled)
			}
		}
	}()
	return ctx, cancel
}

// insists reports whether a signal so long after the first one is a wish to end at once. A
// hang-up is none: the shell sends one, and the terminal another when the shell has ended.
func insists(s os.Signal, after time.Duration) bool { return s != syscall.SIGHUP && after >= echo }

// echo is how long after the first signal another one is not a second wish: timeout(1)
// signals its child and then the group of processes that this is in.
const echo = 500 * time.Millisecond
