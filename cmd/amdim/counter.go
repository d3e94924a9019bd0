package main

import (
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// counter shows how many of a known number are done: a bar on a terminal, else
// nothing.
type counter struct {
	out   io.Writer
	noun  string // of what is counted
	bytes bool   // what is counted are bytes
	bar   *progressbar.ProgressBar
}

func (k *counter) set(done, total int) {
	if k.bar == nil {
		if !onTerminal(k.out) {
			return
		}
		k.bar = progressbar.NewOptions(total,
			progressbar.OptionSetWriter(k.out),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetWidth(20),
			progressbar.OptionSetDescription(k.noun),
			progressbar.OptionShowCount(),
			progressbar.OptionShowBytes(k.bytes),
			progressbar.OptionClearOnFinish(),
		)
	}
	k.bar.Set(done) // an error is one of the terminal's: the work goes on
}

func (k *counter) finish() {
	if k.bar != nil {
		k.bar.Clear()
	}
}
