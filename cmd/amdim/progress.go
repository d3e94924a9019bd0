package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/amdim/amdim/train"
)

// progress shows how a run goes: a bar on a terminal, else a line now and then.
type progress struct {
	out   io.Writer
	bar   *progressbar.ProgressBar // nil: no terminal
	from  int                      // updates made when it began
	began time.Time
	said  time.Time
}

// lineEvery is the time between lines where there is no terminal.
const lineEvery = 30 * time.Second

func (p *progress) start(s train.Status) {
	p.from, p.began, p.said = s.Step, time.Now(), time.Now()
	if !onTerminal(p.out) {
		return
	}
	p.bar = progressbar.NewOptions(s.Until,
		progressbar.OptionSetWriter(p.out),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionSetPredictTime(false), // it counts the updates before a resume: ours is in the text
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
	)
	p.step(s)
}

func (p *progress) step(s train.Status) {
	switch {
	case p.bar != nil:
		p.bar.Describe(p.short(s, p.room(s)))
		p.bar.Set(s.Step) // an error is one of the terminal's: the run goes on
	case time.Since(p.said) >= lineEvery:
		p.said = time.Now()
		fmt.Fprintf(p.out, "update %d of %d, %s\n", s.Step, s.Until, p.short(s, math.MaxInt))
	}
}

// barWidth is that of the bar alone, in letters.
const barWidth = 10

// room is how many letters of text fit beside the bar in a line of the terminal:
// a longer one would be printed anew at each update.
func (p *progress) room(s train.Status) int {
	width := helpWidth
	if f, ok := p.out.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			width = w
		}
	}
	count := fmt.Sprintf(" 100%% || (%d/%d)  ", s.Until, s.Until)
	return width - barWidth - len(count)
}

// short says where the run stands as far as it is known, without what has no
// room, the least needed first.
func (p *progress) short(s train.Status, room int) string {
	epoch, left, r := fmt.Sprintf("epoch %d/%d", s.Epoch, s.Epochs), "", s.Latest
	if d := p.left(s); s.Step > p.from || d > 0 {
		left = ", " + d.Round(time.Second).String() + " left"
	}
	if r.Step == 0 {
		return epoch + left
	}
	loss, _, _ := strings.Cut(summary(r), ",")
	bare, _, _ := strings.Cut(loss, " (")
	for _, middle := range []string{
		fmt.Sprintf(", %s, %.0f pairs/s", summary(r), r.PairsPerSecond),
		", " + summary(r), ", " + loss, ", " + bare,
	} {
		if text := epoch + middle + left; len(text) <= room {
			return text
		}
	}
	return epoch + left
}

// left is the time until the end, at the speed so far and at most what the run is
// given; 0 when it is not known.
func (p *progress) left(s train.Status) time.Duration {
	return remaining(s, s.Step-p.from, time.Since(p.began))
}

// remaining is left after so many updates, which took so long.
func remaining(s train.Status, made int, took time.Duration) time.Duration {
	if made <= 0 {
		return s.Left
	}
	updates := took / time.Duration(made) * time.Duration(s.Until-s.Step)
	if s.Left > 0 {
		return min(updates, s.Left)
	}
	return updates
}

// say prints a line of its own.
func (p *progress) say(format string, args ...any) {
	p.finish()
	saying(p.out)(format, args...)
}

// summary is the loss beside its ceiling, the loss of guessing, and the accuracy of the probes.
func summary(r train.Record) string {
	if r.Step == 0 {
		return "no record yet"
	}
	ceiling := 0.0
	for _, t := range r.Tasks {
		ceiling += t.Ceiling
	}
	text := fmt.Sprintf("loss %.2f (chance %.2f)", r.Loss, ceiling)
	for _, probe := range train.ProbeNames {
		if a, ok := r.Probes[probe]; ok {
			text += fmt.Sprintf(", %s %.1f %%", probe, 100*a.Accuracy)
		}
	}
	return text
}

func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Clear()
	}
}
