package report

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/amdim/amdim/train/health"
)

// Progress is how training goes: the part of a page that is also shown live.
type Progress struct {
	Status *Status // nil: not shown
	Health []health.Finding
	Charts []Chart
}

// Status is where a run stands.
type Status struct {
	State State
	Text  string  // one line: why it ended, or what it is waiting for
	Done  float64 // share of the updates
	Tiles []Tile
}

// State is the state of a run.
type State string

// States.
const (
	Waiting State = "waiting" // no update has been made yet
	Running State = "running"
	Ended   State = "ended"
	Failed  State = "failed"
)

// Tile is a figure with its name.
type Tile struct{ Name, Value, Note string }

// HTML returns the block alone.
func (p Progress) HTML() (template.HTML, error) {
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "progress", p); err != nil {
		return "", fmt.Errorf("report: progress: %w", err)
	}
	return template.HTML(b.String()), nil
}

// Style returns the style sheet of all pages.
func Style() (template.CSS, error) { return style() }
