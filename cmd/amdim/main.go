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

// interruptible returns a context that the first Ctrl-C or SIGTERM cancels; the
// second ends the program at once.
func interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		first := time.Now()
		fmt.Fprintln(os.Stderr, "\namdim: stopping; Ctrl-C again stops at once")
		cancel()
		for time.Since(first) < echo {
			<-signals
		}
		os.Exit(exitKilled)
	}()
	return ctx, cancel
}

// echo is how long after the first signal another one is not a second wish: timeout(1)
// signals its child and then the group of processes that this is in.
const echo = 500 * time.Millisecond
