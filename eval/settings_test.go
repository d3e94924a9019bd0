package eval

import (
	"slices"
	"strings"
	"testing"
)

func TestSettingsAreThoseOfTheRows(t *testing.T) {
	const (
		knn   = "knn: a neighbour votes with weight exp(cosine/0.1)"
		paper = "paper: 120 epochs in batches of 480, Adam at 0.0002, at 4e-05 after epoch 80, " +
			"at 8e-06 after epoch 110; tested after the last"
	)
	ours := func(batch string) string {
		return "probes: 20 epochs in batches of " + batch +
			", Adam at 0.001, at 0.0001 after epoch 14; tested after the last"
	}
	for _, c := range []struct {
		name      string
		protocols []string
		edit      func(*Result)
		want      []string
	}{
		{"linear", []string{Linear}, nil, []string{ours("500")}},
		{"all", []string{Paper, KNN, MLP}, nil, []string{ours("500"), knn, paper}},
		{"few-shot", []string{FewShot}, nil, nil},
		{"of the result", []string{MLP}, func(r *Result) { r.Config.Probe.Batch = 20 }, []string{ours("20")}},
		{"fewer images than a batch", []string{MLP}, func(r *Result) { r.Train = 70 }, []string{ours("70")}},
		{"no drop within an epoch", []string{Linear},
			func(r *Result) { r.Config.Probe = r.Config.Probe.Within(1) },
			[]string{"probes: 1 epoch in batches of 500, Adam at 0.001; tested after the last"}},
		{"two drops at one epoch", []string{Linear, MLP},
			func(r *Result) {
				r.Config.Probe = PaperProbe("").Within(2)
				r.Config.Probe.Schedule.Drops = []int{1, 1}
			},
			[]string{"probes: 2 epochs in batches of 480, Adam at 0.0002, at 8e-06 after epoch 1; " +
				"tested after the last; linear with the paper's clipped, penalised logits, as mlp always"}},
	} {
		r := measured(c.protocols...)
		if c.edit != nil {
			c.edit(r)
		}
		if got := r.Settings(); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestACurveSaysHowItsProbesLearnt(t *testing.T) {
	var text strings.Builder
	c := Curve{{Result: measured(Linear)}, {Result: measured(Linear)}}
	if err := c.Print(&text); err != nil || strings.Count(text.String(), "20 epochs in batches of 500") != 1 {
		t.Errorf("%v, not once how probes learnt:\n%s", err, text.String())
	}
}
