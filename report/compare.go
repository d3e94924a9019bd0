package report

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// Comparison shows several runs on one page.
type Comparison struct {
	Title, Headline string
	Runs            []Run
	Settings        []Setting // that are not the same in all runs
}

// Run is one of the runs that are compared.
type Run struct {
	Name     string
	Page     string // the run's own page, as a path beside this one; empty: none
	Facts    []Fact // the same names in every run
	Classes  int    // of the images; 0: unlabelled
	Batch    int
	Records  []train.Record
	Result   *eval.Result // nil: not evaluated
	Commands []string
	Health   string // the finding that matters most, in a few words
	Level    string // of it: ok, warn, bad
}

// Setting is a key of the configuration with its value in each run.
type Setting struct {
	Key    string
	Values []string
}

// Write renders the page.
func (c *Comparison) Write(w io.Writer) error {
	err := visibly(w, func(w io.Writer) error { return page.ExecuteTemplate(w, "compare.html", c) })
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// Color is the class that colours run i, as in the curves.
func (c *Comparison) Color(i int) string { return fmt.Sprintf("curve-%d", i%curveColors) }

// mostOfChance is the highest loss, in % of chance, that is drawn where it is: one that diverged
// would press all others to the bottom.
const mostOfChance = 200

// scaled is a chart of losses in % of chance with an axis that has room for all of them, or a note.
func scaled(c Chart) Chart {
	for _, s := range c.Series {
		for _, y := range s.Y {
			c.Top = max(c.Top, math.Ceil(y/20)*20)
		}
	}
	if c.Top > mostOfChance {
		c.Top, c.Note = mostOfChance, fmt.Sprintf("Losses above %d %% are drawn at the top.", mostOfChance)
	}
	return c
}

// Charts overlays the runs, by the pairs of views that they saw: runs with
// different batches make different numbers of updates.
func (c *Comparison) Charts() []Chart {
	loss := Chart{Title: "Contrastive loss, % of chance", X: "pairs of views seen", Top: 100}
	linear := Chart{Title: "Online linear probe on train views, %", X: "pairs of views seen", Top: 100}
	for i, r := range c.Runs {
		s := Series{Name: r.Name, Class: i}
		p := s
		for _, record := range thin(r.Records) {
			ceiling := 0.0
			for _, t := range record.Tasks {
				ceiling += t.Ceiling
			}
			x := float64(record.Step) * float64(r.Batch)
			if ceiling > 0 {
				s.X, s.Y = append(s.X, x), append(s.Y, 100*record.Loss/ceiling)
			}
			if probe, ok := record.Probes["linear"]; ok {
				p.X, p.Y = append(p.X, x), append(p.Y, 100*probe.Accuracy)
			}
		}
		loss.Series = append(loss.Series, s)
		if len(p.X) > 0 {
			linear.Series = append(linear.Series, p)
		}
	}
	loss = scaled(loss)
	switch some := func(s Series) bool { return len(s.X) > 0 }; {
	case !slices.ContainsFunc(loss.Series, some):
		return nil
	case len(linear.Series) == 0:
		return []Chart{loss}
	}
	return []Chart{loss, linear}
}

// Protocols returns those under which any run was evaluated.
func (c *Comparison) Protocols() []string {
	var all []string
	for _, r := range c.Runs {
		if r.Result == nil {
			continue
		}
		_, protocols := r.Result.Axes()
		for _, p := range protocols {
			if !slices.Contains(all, p) {
				all = append(all, p)
			}
		}
	}
	return all
}

// Accuracy is a cell of the table of accuracies.
type Accuracy struct {
	eval.Score
	None   bool
	Random string // the same network with random weights; empty: not measured
	Best   bool   // of all runs, if they can be compared
}

// Accuracies returns those of run i, in the order of Protocols.
func (c *Comparison) Accuracies(i int) []Accuracy {
	var cells []Accuracy
	for _, p := range c.Protocols() {
		a := Accuracy{None: true}
		if r := c.Runs[i].Result; r != nil && len(r.Row(eval.Model, p).Accuracy.Runs) > 0 {
			a.None, a.Score = false, r.Row(eval.Model, p).Accuracy
			if base := r.Row(eval.RandomEncoder, p).Accuracy; len(base.Runs) > 0 {
				a.Random = base.String()
			}
			a.Best = c.SameTask() && a.Mean >= c.best(p)
		}
		cells = append(cells, a)
	}
	return cells
}

// best is the highest accuracy of any run under a protocol.
func (c *Comparison) best(protocol string) float64 {
	best := 0.0
	for _, r := range c.Runs {
		if r.Result != nil {
			best = max(best, r.Result.Row(eval.Model, protocol).Accuracy.Mean)
		}
	}
	return best
}

// FactNames returns the names of the runs' facts.
func (c *Comparison) FactNames() []string {
	var names []string
	for _, f := range c.Runs[0].Facts {
		names = append(names, f.Name)
	}
	return names
}

// Fact is the value of the fact with this name.
func (r Run) Fact(name string) string {
	for _, f := range r.Facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// SameTask reports whether all evaluated runs were evaluated on the same images by
// the same protocols: else their accuracies cannot be compared.
func (c *Comparison) SameTask() bool {
	var results []*eval.Result
	for _, r := range c.Runs {
		if r.Result == nil {
			continue
		}
		if slices.ContainsFunc(results, func(o *eval.Result) bool { return !o.Comparable(r.Result) }) {
			return false
		}
		results = append(results, r.Result)
	}
	return true
}
