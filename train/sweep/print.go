package sweep

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/spelling"
)

// Print writes the accuracies in percent, how far each row's first one is from that of the
// first row, what these are of, and the results' notes.
func (t Table) Print(w io.Writer) error {
	if len(t.Protocols) == 0 {
		_, err := fmt.Fprintln(w, "no run has a result")
		return err
	}
	out := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	fmt.Fprint(out, "accuracy, %\t")
	if t.lacks() {
		fmt.Fprint(out, "seeds\t")
	}
	for _, p := range t.Protocols {
		fmt.Fprintf(out, "%s\t", p)
	}
	fmt.Fprint(out, "difference\t\n")
	for i, l := range t.Lines {
		fmt.Fprintf(out, "%s\t", l.Name)
		if t.lacks() {
			fmt.Fprintf(out, "%s\t", t.counted(l))
		}
		for _, s := range l.Scores {
			fmt.Fprintf(out, "%s\t", scored(s))
		}
		fmt.Fprintf(out, "%s\t\n", t.compared(i))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", strings.Join(t.legend(), "\n")); err != nil {
		return err
	}
	return eval.WriteNotes(w, t.results())
}

// results are those of the runs that have one.
func (t Table) results() []*eval.Result {
	var results []*eval.Result
	for _, o := range t.Outcomes {
		if o.Result != nil {
			results = append(results, o.Result)
		}
	}
	return results
}

// lacks reports whether some row has no result for some seed.
func (t Table) lacks() bool {
	for _, l := range t.Lines {
		if l.Failed > 0 {
			return true
		}
	}
	return false
}

// equal reports whether some row is as far from the first with every seed.
func (t Table) equal() bool {
	return slices.ContainsFunc(t.Lines, func(l Line) bool {
		return l.Difference != nil && l.Difference.Half == 0 && len(l.Difference.Seeds) > 1
	})
}

// counted says how many seeds a line is over.
func (t Table) counted(l Line) string {
	if l.Beside != "" {
		return ""
	}
	return fmt.Sprintf("%d of %d", len(l.Seeds), len(t.Seeds))
}

func scored(s eval.Score) string {
	if len(s.Runs) == 0 {
		return "–"
	}
	return s.String()
}

// compared says how line i compares with the first.
func (t Table) compared(i int) string {
	l := t.Lines[i]
	d := l.Difference
	if d == nil {
		if i > 0 && len(l.Seeds) > 0 && len(t.Lines[0].Seeds) > 0 {
			return "no common seed"
		}
		return ""
	}
	text := fmt.Sprintf("%+.2f", 100*d.Mean)
	if d.Half > 0 {
		text += fmt.Sprintf(" ± %.2f", 100*d.Half)
	}
	if l.Beside == "" && len(d.Seeds) < len(t.Seeds) {
		text += fmt.Sprintf(" (%s)", spelling.Count(len(d.Seeds), "seed"))
	}
	return text
}

// legend says what the numbers are.
func (t Table) legend() []string {
	accuracy := fmt.Sprintf("mean ± standard deviation over %d pretraining seeds", len(t.Seeds))
	difference := ", seed by seed; ± 95 % (Student's t)"
	if len(t.Seeds) == 1 {
		accuracy = "of one pretraining seed: says nothing of others"
		difference = "; one seed: says nothing of others"
	}
	lines := []string{
		"accuracy: " + accuracy,
		fmt.Sprintf("difference: in %s, from %s%s", t.Protocols[0], t.Lines[0].Name, difference),
	}
	if t.equal() {
		lines = append(lines, "no ±: the differences are equal, which gives no interval; train more seeds")
	}
	if last := t.Lines[len(t.Lines)-1]; last.Beside != "" {
		lines = append(lines, "baselines: from one run, compared with the mean")
	}
	if t.lacks() {
		lines = append(lines, "seeds: those with a result; in the other runs a number was not finite")
	}
	if t.Validation > 0 {
		return append(lines, fmt.Sprintf("measured on %d validation images; measure the run that you choose "+
			"on the test images, once", t.Images))
	}
	return append(lines, fmt.Sprintf("measured on %d test images", t.Images))
}
