package report

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/eval"
)

// Accuracies returns the charts of what was measured as training went on: a curve for each
// protocol, no more to a chart than there are colours.
func Accuracies(c eval.Curve) []Chart {
	if len(c) == 0 {
		return nil
	}
	var series []Series
	first := c[0].Result
	_, protocols := first.Axes()
	for _, protocol := range protocols {
		s := Series{Name: protocol, Level: 100 / float64(max(first.Classes, 1))}
		for _, p := range c {
			if a := p.Result.Row(eval.Model, protocol).Accuracy; len(a.Runs) > 0 {
				s.X, s.Y = append(s.X, p.Epoch), append(s.Y, 100*a.Mean)
			}
		}
		series = append(series, s)
	}
	var charts []Chart
	for some := range slices.Chunk(series, curveColors) {
		charts = append(charts, Chart{Title: accuracyTitle(first), X: "epoch", Series: some})
	}
	return charts
}

func accuracyTitle(r *eval.Result) string {
	images, of := "test", ""
	if r.Validation > 0 {
		images = "validation"
	}
	if r.Data != r.TrainedOn {
		of = " of " + r.Data
	}
	return fmt.Sprintf("Accuracy on %d %s images%s, %%; dotted: chance", r.Test, images, of)
}
