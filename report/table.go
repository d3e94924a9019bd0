package report

import "github.com/amdim/amdim/eval"

// Table is the accuracies of a result: a line for each representation, a column for each
// protocol.
type Table struct{ *eval.Result }

// Line is a line of a Table.
type Line struct {
	Name  string
	Model bool // not a baseline
	Dim   int
	Cells []eval.Row // by protocol; zero: not measured
}

// Lines returns the lines.
func (t Table) Lines() []Line {
	representations, protocols := t.Axes()
	lines := make([]Line, len(representations))
	for i, name := range representations {
		lines[i] = Line{Name: name, Model: name == eval.Model}
		for _, protocol := range protocols {
			row := t.Row(name, protocol)
			lines[i].Dim = max(lines[i].Dim, row.Dim)
			lines[i].Cells = append(lines[i].Cells, row)
		}
	}
	return lines
}

// Protocols returns the columns.
func (t Table) Protocols() []string {
	_, protocols := t.Axes()
	return protocols
}

// Chance is the accuracy of guessing.
func (t Table) Chance() float64 { return 1 / float64(t.Classes) }

// Transfer is a result on other data than the run learnt from.
type Transfer struct {
	Table
	Note string // when it was measured; empty: in the run's last state
}
