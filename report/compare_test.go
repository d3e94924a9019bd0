package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// records are of a run whose loss falls from its ceiling of 10 nats.
func records(n int) []train.Record {
	var all []train.Record
	for i := range n {
		all = append(all, train.Record{
			Step: 10 * (i + 1), Loss: 10 - 5*float64(i)/float64(n),
			Tasks:  map[string]train.TaskRecord{"1-5": {Ceiling: 10}},
			Probes: map[string]train.Probe{"linear": {Accuracy: 0.3}},
		})
	}
	return all
}

func twoRuns() *Comparison {
	result := func(data string, a float64) *eval.Result {
		return &eval.Result{Data: data, Classes: 3, Config: eval.Default(), Rows: []eval.Row{
			row(eval.Model, "linear", a, a), row(eval.RandomEncoder, "linear", 0.2)}}
	}
	return &Comparison{
		Title: "Comparison of runs", Headline: "a, b, c",
		Settings: []Setting{{"train.lr", []string{"0.001", "0.0002", "1"}}},
		Runs: []Run{
			{Name: "a", Batch: 32, Records: records(3), Result: result("x", 0.5), Commands: []string{"amdim a"}},
			{Name: "b", Batch: 64, Records: records(900), Result: result("x", 0.7), Health: "Learning", Level: "ok"},
			{Name: "c", Batch: 8},
		},
	}
}

func TestComparisonShowsAllRuns(t *testing.T) {
	c := twoRuns()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	for _, want := range []string{
		"train.lr", "0.0002", `class="best"`, "70.00 ± 0.00", "random weights 20.00", "not measured", "amdim a",
		`class="level ok">Learning`, "Contrastive loss, % of chance",
		"± is over probes or draws of one encoder", "train several seeds",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Count(html, `class="best"`) != 1 || strings.Contains(html, "must not be compared") {
		t.Error("one run is best, and the runs can be compared")
	}
	for name, edit := range map[string]func(*eval.Result){
		"on different images": func(r *eval.Result) { r.Data = "y" },
		"by another schedule": func(r *eval.Result) { r.Config.Probe.Schedule.LR = 7 },
	} {
		c := twoRuns()
		edit(c.Runs[1].Result)
		if b.Reset(); c.Write(&b) != nil || !strings.Contains(b.String(), "must not be compared") ||
			strings.Contains(b.String(), `class="best"`) {
			t.Errorf("runs that were evaluated %s are compared", name)
		}
	}
}

// Runs of other batches are compared by the pairs that they saw.
func TestComparedCurvesGoByPairs(t *testing.T) {
	charts := twoRuns().Charts()
	if len(charts) != 2 || len(charts[0].Series) != 3 || len(charts[1].Series) != 2 {
		t.Fatalf("charts %+v", charts)
	}
	a, b := charts[0].Series[0], charts[0].Series[1]
	if a.X[0] != 320 || a.Y[0] != 100 || a.X[2] != 960 {
		t.Errorf("run a: %v, %v", a.X, a.Y)
	}
	if n := len(b.X); n > 400 || b.X[n-1] != 900*10*64 {
		t.Errorf("run b: %d points up to %g", n, b.X[n-1])
	}
}

// A run that diverges is not one that has learnt nothing: its loss is drawn above chance.
func TestALossAboveChanceIsDrawnThere(t *testing.T) {
	for _, c := range []struct {
		loss, top float64
		noted     bool
	}{{10, 100, false}, {10.6, 120, false}, {20, 200, false}, {35, 200, true}} {
		runs := twoRuns()
		last := &runs.Runs[0].Records[2]
		last.Loss = c.loss
		loss := runs.Charts()[0]
		if loss.Top != c.top || (loss.Note != "") != c.noted || loss.Series[0].Y[2] != 10*c.loss {
			t.Errorf("%g of 10: top %g, note %q, drawn at %g", c.loss, loss.Top, loss.Note, loss.Series[0].Y[2])
		}
		var b bytes.Buffer
		if err := runs.Write(&b); err != nil || strings.Contains(b.String(), "drawn at the top") != c.noted {
			t.Errorf("%g of 10: %v, a note on the page is not %t", c.loss, err, c.noted)
		}
		edge := loss.Plot().Bottom
		height := edge - min(c.loss*10, c.top)/c.top*(edge-top)
		if points := loss.Plot().Curves[0].Points; !strings.HasSuffix(points, fmt.Sprintf(",%.1f", height)) {
			t.Errorf("%g of 10: %s does not end at %.1f", c.loss, points, height)
		}
	}
}
