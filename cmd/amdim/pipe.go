package main

import (
	"context"
	"errors"
	"io"
	"os"
)

// errNoReader is why a command stops whose output nobody reads any more.
var errNoReader = errors.New("what reads the output is gone")

// pipe is an output that may lose its reader: head(1) has seen enough, tee(1) ends of the
// same Ctrl-C. Its loss is a stop, which a run outlives with a checkpoint.
type pipe struct {
	io.Writer
	stop context.CancelCauseFunc
}

func (p pipe) Write(b []byte) (int, error) {
	n, err := p.Writer.Write(b)
	if readerGone(err) {
		p.stop(errNoReader)
	}
	return n, err
}

// piped is f, whose reader is watched if it has one; a terminal and a file have none.
func piped(f *os.File, stop context.CancelCauseFunc) io.Writer {
	if info, err := f.Stat(); err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return f
	}
	return pipe{f, stop}
}

// unheard reports whether all that a command has to say is that the reader is gone, which is
// no news to those who sent it away.
func unheard(ctx context.Context, err error) bool {
	var stopped stoppedError
	return context.Cause(ctx) == errNoReader && !errors.As(err, &stopped) &&
		(err == nil || readerGone(err) || errors.Is(err, context.Canceled))
}
