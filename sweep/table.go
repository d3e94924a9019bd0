package sweep

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/amdim/amdim/eval"
)

// Outcome is the outcome of a run.
type Outcome struct {
	Row    string       `json:"row"`
	Seed   uint64       `json:"seed"`
	Folder string       `json:"folder"`
	Step   int          `json:"step"`             // updates made
	Failed string       `json:"failed,omitempty"` // why it has no result: a number was not finite
	Result *eval.Result `json:"result,omitempty"`
}

// Table compares the rows of a sweep.
type Table struct {
	Protocols  []string  `json:"protocols"`
	Lines      []Line    `json:"lines"`
	Validation float64   `json:"validation,omitempty"` // of the results
	Outcomes   []Outcome `json:"outcomes"`
}

// Line is a row with its accuracies over the pretraining seeds, one for each
// protocol; each run counts with the mean over its probes.
type Line struct {
	Name   string       `json:"name"`
	Beside string       `json:"beside,omitempty"` // for a baseline: the row of the run it was measured with
	Scores []eval.Score `json:"scores"`
	Failed int          `json:"failed,omitempty"` // runs without a result
}

// NewTable makes the table of the outcomes; the baselines in the results come
// after the rows.
func NewTable(rows []Row, outcomes []Outcome) Table {
	t := Table{Outcomes: outcomes}
	for _, o := range outcomes {
		if o.Result != nil {
			_, t.Protocols = o.Result.Axes()
			t.Validation = o.Result.Validation
			break
		}
	}
	for _, row := range rows {
		t.Lines = append(t.Lines, t.line(row.Name, eval.Model, func(o Outcome) bool { return o.Row == row.Name }))
	}
	for _, name := range []string{eval.RandomEncoder, eval.RawPixels} {
		line := t.line(name, name, func(o Outcome) bool { return o.Result != nil })
		if len(t.Protocols) == 0 || len(line.Scores[0].Runs) == 0 {
			continue
		}
		if line.Beside = t.beside(name); !sameNetwork(rows) {
			line.Name += " beside " + line.Beside
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

// beside is the row of the first run with which a baseline was measured.
func (t Table) beside(baseline string) string {
	for _, o := range t.Outcomes {
		if o.Result != nil && o.Result.Row(baseline, t.Protocols[0]).Protocol != "" {
			return o.Row
		}
	}
	return ""
}

// sameNetwork reports whether all rows have an encoder with the same layers: then
// its random weights serve any row.
func sameNetwork(rows []Row) bool {
	for _, r := range rows[1:] {
		a, b := rows[0].Config.Model, r.Config.Model
		if a.Px != b.Px || a.NDF != b.NDF || a.NRKHS != b.NRKHS || a.NDepth != b.NDepth || a.UseBN != b.UseBN {
			return false
		}
	}
	return true
}

// line collects the scores of a representation in the chosen outcomes.
func (t Table) line(name, representation string, chosen func(Outcome) bool) Line {
	l := Line{Name: name, Scores: make([]eval.Score, len(t.Protocols))}
	for _, o := range t.Outcomes {
		if chosen(o) && o.Failed != "" {
			l.Failed++
		}
	}
	for i, protocol := range t.Protocols {
		var runs []float64
		for _, o := range t.Outcomes {
			if !chosen(o) || o.Result == nil {
				continue
			}
			if row := o.Result.Row(representation, protocol); row.Protocol != "" {
				runs = append(runs, row.Accuracy.Mean)
			}
		}
		l.Scores[i] = eval.NewScore(runs...)
	}
	return l
}

// Print writes the accuracies in percent, and how far each row's first one is
// from that of the first row.
func (t Table) Print(w io.Writer) error {
	if len(t.Protocols) == 0 {
		_, err := fmt.Fprintln(w, "no run has a result")
		return err
	}
	out := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(out, "accuracy, %\t")
	for _, p := range t.Protocols {
		fmt.Fprintf(out, "%s\t", p)
	}
	fmt.Fprint(out, "difference\t\n")
	for i, l := range t.Lines {
		fmt.Fprintf(out, "%s\t", l.Name)
		for _, s := range l.Scores {
			fmt.Fprintf(out, "%s\t", scored(s))
		}
		fmt.Fprintf(out, "%s\t\n", t.difference(i))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	once := ""
	if last := t.Lines[len(t.Lines)-1]; last.Beside != "" {
		once = ", with baselines from one run"
	}
	_, err := fmt.Fprintf(w,
		"\nmean ± standard deviation over pretraining seeds%s; difference: in %s, from %s\n",
		once, t.Protocols[0], t.Lines[0].Name)
	if err == nil && t.Validation > 0 {
		_, err = fmt.Fprintf(w, "measured on %d validation images; measure the run that you choose "+
			"on the test images, once\n", t.measured())
	}
	return err
}

// measured is how many images accuracies are of.
func (t Table) measured() int {
	for _, o := range t.Outcomes {
		if o.Result != nil {
			return o.Result.Test
		}
	}
	return 0
}

func scored(s eval.Score) string {
	if len(s.Runs) == 0 {
		return "–"
	}
	return s.String()
}

// difference says how line i compares with the first.
func (t Table) difference(i int) string {
	l := t.Lines[i]
	switch {
	case l.Failed > 0:
		return fmt.Sprintf("%d not finite", l.Failed)
	case i == 0 || len(l.Scores[0].Runs) == 0 || len(t.Lines[0].Scores[0].Runs) == 0:
		return ""
	}
	return fmt.Sprintf("%+.2f", 100*(l.Scores[0].Mean-t.Lines[0].Scores[0].Mean))
}
