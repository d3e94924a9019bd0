package runreport

import (
	"slices"

	"github.com/amdim/amdim/eval"
)

// Commands are the command lines that made a run and, if these are known, those of its results
// after step updates: of a run that went on they would give others.
func Commands(made []string, step int, results ...*eval.Result) []string {
	for _, r := range results {
		if r != nil && r.Step == step {
			made = joined(made, r.Commands())
		}
	}
	return made
}

// joined are the lines of both, each once: a demo or sweep trains and evaluates.
func joined(a, b []string) []string {
	all := slices.Clone(a)
	for _, line := range b {
		if !slices.Contains(all, line) {
			all = append(all, line)
		}
	}
	return all
}

// allCommands are the command lines that made the run and its results.
func (r *Run) allCommands() []string {
	all := Commands(r.commands, r.meta.Step, append([]*eval.Result{r.result}, r.transfers...)...)
	for _, s := range append([]*eval.Segmented{r.segmented}, r.segments...) {
		if s != nil && s.Step == r.meta.Step && s.Command != "" {
			all = joined(all, []string{s.Command})
		}
	}
	return all
}
