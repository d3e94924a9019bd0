package runreport

import (
	"slices"

	"github.com/amdim/amdim/eval"
)

// Commands are the command lines that made a run and, if that is known, a result of its
// update step: of a run that went on they would give another.
func Commands(made []string, r *eval.Result, step int) []string {
	if r == nil || r.Step != step {
		return made
	}
	return joined(made, r.Commands())
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
	all := Commands(r.commands, r.result, r.meta.Step)
	if r.segmented != nil && r.segmented.Step == r.meta.Step && r.segmented.Command != "" {
		all = joined(all, []string{r.segmented.Command})
	}
	return all
}
