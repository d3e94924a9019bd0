package sweep

import (
	"slices"

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
	Seeds      []uint64  `json:"seeds"`                // of pretraining
	Images     int       `json:"images,omitempty"`     // that accuracies are of
	Validation float64   `json:"validation,omitempty"` // of the results
	Outcomes   []Outcome `json:"outcomes"`
}

// Line is a row with its accuracies over the pretraining seeds, one for each
// protocol; each run counts with the mean over its probes.
type Line struct {
	Name       string       `json:"name"`
	Beside     string       `json:"beside,omitempty"` // for a baseline: the row of the run it was measured with
	Seeds      []uint64     `json:"seeds,omitempty"`  // of the runs with a result; none for a baseline
	Scores     []eval.Score `json:"scores"`
	Difference *Difference  `json:"difference,omitempty"` // from the first line; nil where there is none
	Failed     int          `json:"failed,omitempty"`     // runs without a result
}

// Difference is how far the accuracies of a row are from those of the first, under the first
// protocol. Rows share their seeds, and with a seed the initial weights and the order of
// images, so it is taken seed by seed: what only the seed does cancels, and a seed that one
// row lacks counts for neither.
type Difference struct {
	Mean  float64  `json:"mean"`
	Half  float64  `json:"half_95"`         // of its 95 % interval over seeds; 0 where they give none
	Seeds []uint64 `json:"seeds,omitempty"` // that both rows have; none for a baseline
}

// NewTable makes the table of the outcomes; the baselines in the results come
// after the rows.
func NewTable(rows []Row, outcomes []Outcome) Table {
	t := Table{Outcomes: outcomes}
	for _, o := range outcomes {
		if !slices.Contains(t.Seeds, o.Seed) {
			t.Seeds = append(t.Seeds, o.Seed)
		}
		if o.Result != nil && t.Protocols == nil {
			_, t.Protocols = o.Result.Axes()
			t.Images, t.Validation = o.Result.Test, o.Result.Validation
		}
	}
	for _, row := range rows {
		line := t.line(row.Name, eval.Model, func(o Outcome) bool { return o.Row == row.Name })
		line.Seeds = t.seedsOf(row.Name)
		t.Lines = append(t.Lines, line)
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
	for i := 1; i < len(t.Lines); i++ {
		t.Lines[i].Difference = t.difference(t.Lines[i])
	}
	return t
}

// seedsOf are the seeds with which a row has a result.
func (t Table) seedsOf(row string) []uint64 {
	var seeds []uint64
	for _, o := range t.Outcomes {
		if o.Row == row && o.Result != nil {
			seeds = append(seeds, o.Seed)
		}
	}
	return seeds
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

// difference is how far a line is from the first. A baseline is measured once, whatever the
// seed: it is compared with the mean.
func (t Table) difference(l Line) *Difference {
	if len(t.Protocols) == 0 {
		return nil
	}
	first, score := t.Lines[0], l.Scores[0]
	if l.Beside != "" {
		if len(first.Seeds) == 0 {
			return nil
		}
		return &Difference{Mean: score.Mean - first.Scores[0].Mean}
	}
	var seeds []uint64
	var apart []float64
	for i, seed := range l.Seeds {
		if j := slices.Index(first.Seeds, seed); j >= 0 {
			seeds, apart = append(seeds, seed), append(apart, score.Runs[i]-first.Scores[0].Runs[j])
		}
	}
	if seeds == nil {
		return nil
	}
	d := eval.NewScore(apart...)
	half := d.Half()
	if d.Std < 1e-9 { // equal but for rounding, by chance: an interval of no width would claim certainty
		half = 0
	}
	return &Difference{d.Mean, half, seeds}
}
