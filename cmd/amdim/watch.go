package main

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/amdim/amdim/format/tensorboard"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
	"github.com/amdim/amdim/train/live"
)

// watch tells a user how a run goes: a bar, findings when they are news, event
// files, and the live page where one is asked for.
type watch struct {
	out    string // run folder
	bar    progress
	health health.Watch
	events *tensorboard.Writer // nil: the file cannot be written
	page   *page               // nil: none is asked for
}

// newWatch prepares to watch a task.
func newWatch(task train.Task, out string, messages io.Writer, p *page) *watch {
	w := &watch{out: out, bar: progress{out: messages}, page: p}
	w.health.Facts = health.FactsOf(task.Model, task.Train, task.Data.Len())
	if p != nil {
		p.last.Classes = len(task.Data.Classes())
	}
	return w
}

// follow makes o tell w what happens.
func (w *watch) follow(o *train.Options, about string) {
	o.OnStart = func(s train.Status) {
		fmt.Fprintf(w.bar.out, "%s, update %d of %d, into %s\n", about, s.Step, s.Until, w.out)
		w.health.Facts.Since, w.health.Facts.Warmup = s.Since, s.Warmup
		w.start(about)
		w.bar.start(s)
		w.page.show(w, s)
	}
	o.OnRecord = w.record
	o.OnStep = func(s train.Status) {
		w.bar.step(s)
		w.page.show(w, s)
	}
	o.OnNotice = func(format string, args ...any) { w.bar.say("note: "+format, args...) }
}

// start takes over the records of the run's earlier parts.
func (w *watch) start(about string) {
	records, err := train.ReadMetrics(train.MetricsPath(w.out))
	if err != nil {
		w.bar.say("note: health and curves begin anew, without the run's earlier records: %v", err)
	}
	w.health.Resume(records)
	if w.events, err = tensorboard.Create(w.out, records); err != nil {
		w.bar.say("note: no TensorBoard file: %v", err)
	}
	if w.page != nil {
		w.page.last.About = about
	}
}

func (w *watch) record(r train.Record) {
	for _, f := range w.health.Add(r) {
		w.bar.say("health: %v", f)
	}
	if w.events == nil {
		return
	}
	if err := w.events.Write(r); err != nil {
		w.bar.say("note: the TensorBoard file ends here: %v", err)
		w.close()
	}
}

// close ends what is shown and written while a run goes on.
func (w *watch) close() {
	w.bar.finish()
	if w.events != nil {
		w.events.Close() // an error was one of Write's, or costs the last curves' points
		w.events = nil
	}
}

// page is the live page of a run. A nil page shows nothing.
type page struct {
	server *live.Server
	last   live.Snapshot
}

// wrongAddress is the error of a flag that says where to listen.
func wrongAddress(flag, address string, err error) error {
	var malformed *net.AddrError
	if errors.As(err, &malformed) {
		return usagef("%s %s: %w; need one such as 127.0.0.1:8080", flag, address, err)
	}
	return fmt.Errorf("%s %s: %w; choose another, such as %s 127.0.0.1:0", flag, address, err, flag)
}

// reach says of an address that other machines can use it.
func reach(remote bool) string {
	if remote {
		return " (other machines can reach it too, at this one's IP address)"
	}
	return ""
}

// openPage serves the live page at an address, which is refused before anything
// of the run is done; without an address there is none.
func openPage(address, title string, messages io.Writer) (*page, error) {
	if address == "" {
		return nil, nil
	}
	s, err := live.Listen(address, title)
	if err != nil {
		return nil, wrongAddress("--ui", address, err)
	}
	fmt.Fprintf(messages, "live page: %s%s\n", s.URL(), reach(s.Remote()))
	return &page{server: s, last: live.Snapshot{Title: title, State: report.Waiting}}, nil
}

func (p *page) show(w *watch, s train.Status) {
	if p == nil {
		return
	}
	p.last.State, p.last.Text, p.last.Status = report.Running, "", s
	p.last.Left, p.last.Health, p.last.Records = w.bar.left(s), w.health.Current(), w.health.Records()
	p.server.Show(p.last)
}

// close says how the run ended and gives browsers the time to show it.
func (p *page) close(err error) {
	if p == nil {
		return
	}
	var stopped stoppedError
	s := p.last.Status
	switch {
	case errors.As(err, &stopped):
		p.last.State, p.last.Text = report.Ended, "The run was stopped: "+stopped.Error()+"."
	case err != nil:
		p.last.State, p.last.Text = report.Failed, "The run failed: "+err.Error()
	case s.Step < s.Steps:
		p.last.State = report.Ended
		p.last.Text = fmt.Sprintf("The run ended early, after update %d of %d.", s.Step, s.Steps)
	default:
		p.last.State, p.last.Text = report.Ended, fmt.Sprintf("The run has ended: %d updates.", s.Step)
	}
	p.server.Show(p.last)
	p.server.Close() // an error is a browser's, and of no use to the run
}
