package live

import (
	"fmt"
	"html/template"
	"sync"
	"time"

	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// Snapshot is what a page shows. Whoever gave it to Show must not change it.
type Snapshot struct {
	Title string `json:"title"` // such as the run folder
	About string `json:"about"` // network, data and engine in one line

	State  report.State     `json:"state"`
	Text   string           `json:"text"` // beside the state: why the run ended
	Status train.Status     `json:"status"`
	Left   time.Duration    `json:"left_ns"` // until the end; 0: not known
	Health []health.Finding `json:"health"`

	Classes int            `json:"classes"` // 0: no labels
	Records []train.Record `json:"records"`
}

// over reports whether nothing will come after s.
func (s *Snapshot) over() bool { return s.State == report.Ended || s.State == report.Failed }

// progress is the block that shows s.
func (s *Snapshot) progress() report.Progress {
	p := report.Progress{Status: s.status(), Health: s.Health}
	if len(s.Records) > 0 {
		p.Charts = report.Curves(s.Records, s.Classes)
	}
	return p
}

func (s *Snapshot) status() *report.Status {
	status := &report.Status{State: s.State, Text: s.Text}
	if s.Status.Until == 0 {
		return status
	}
	status.Done = float64(s.Status.Step) / float64(s.Status.Until)
	status.Tiles = []report.Tile{
		{Name: "epoch", Value: fmt.Sprint(s.Status.Epoch), Note: fmt.Sprintf("of %d", s.Status.Epochs)},
		{Name: "update", Value: fmt.Sprint(s.Status.Step), Note: fmt.Sprintf("of %d", s.Status.Until)},
	}
	r := s.Status.Latest
	if r.Step > 0 {
		ceiling := 0.0
		for _, t := range r.Tasks {
			ceiling += t.Ceiling
		}
		status.Tiles = append(status.Tiles,
			report.Tile{Name: "loss, nats", Value: fmt.Sprintf("%.2f", r.Loss),
				Note: fmt.Sprintf("guessing %.2f", ceiling)},
			report.Tile{Name: "pairs/s", Value: fmt.Sprintf("%.0f", r.PairsPerSecond),
				Note: fmt.Sprintf("%.0f %% waiting", 100*r.WaitShare)})
	}
	switch {
	case s.over():
		spent := time.Duration(r.Seconds * float64(time.Second))
		status.Tiles = append(status.Tiles, report.Tile{Name: "time spent", Value: spell(spent)})
	case s.Left > 0:
		status.Tiles = append(status.Tiles, report.Tile{Name: "time left", Value: spell(s.Left)})
	}
	return status
}

// spell writes a time as people say it: without seconds from ten minutes on, as they would
// change all the time.
func spell(d time.Duration) string {
	if s := d.Round(time.Second); 10*time.Minute <= s && s < time.Hour {
		return fmt.Sprintf("%d min", s/time.Minute)
	}
	return spelling.Duration(d)
}

// version is a Snapshot, rendered when a browser first asks for it.
type version struct {
	Snapshot
	replaced chan struct{} // closed when there is a newer one

	once sync.Once
	html template.HTML
	err  error
}

func newVersion(s Snapshot) *version { return &version{Snapshot: s, replaced: make(chan struct{})} }

// HTML is the block of progress.
func (v *version) HTML() (template.HTML, error) {
	v.once.Do(func() { v.html, v.err = v.progress().HTML() })
	return v.html, v.err
}

// Tab is the title of the browser's tab.
func (v *version) Tab() string {
	switch {
	case v.over():
		return string(v.State) + " · " + v.Title
	case v.Status.Until == 0:
		return v.Title
	}
	return fmt.Sprintf("%d %% · %s", 100*v.Status.Step/v.Status.Until, v.Title)
}
