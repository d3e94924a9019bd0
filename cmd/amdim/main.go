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
	ctx, stop := interruptible()
	err := run(ctx, rootCommand(), os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "amdim:", told(err))
	}
	os.Exit(exitCode(err))
}

// interruptible returns a context that the first Ctrl-C, SIGTERM or hang-up of the terminal
// cancels; a second Ctrl-C or SIGTERM ends the program at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) { // nohup(1) wants the program to outlive its terminal
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		<-signals
		signal.Ignore(syscall.SIGPIPE) // tee(1), behind a pipe, ends of the same signal
		first := time.Now()
		fmt.Fprintln(os.Stderr, "\namdim: stopping; Ctrl-C again stops at once")
		cancel()
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
