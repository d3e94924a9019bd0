package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
)

func TestACurveIsDrawnForEachProtocol(t *testing.T) {
	var c eval.Curve
	for i, a := range []float64{0.5, 0.7} {
		r := &eval.Result{Test: 30, Classes: 4, Data: "shapes", TrainedOn: "shapes", Rows: []eval.Row{
			row(eval.Model, "linear", a, a+0.1), row(eval.Model, "knn-20", a/2), row(eval.RawPixels, "linear", 0.1),
		}}
		c = append(c, eval.Point{Epoch: float64(2 * (i + 1)), Result: r})
	}
	charts := Accuracies(c)
	if len(charts) != 1 || len(charts[0].Series) != 2 || charts[0].X != "epoch" {
		t.Fatalf("charts %+v", charts)
	}
	if s := charts[0].Series[1]; s.Name != "knn-20" || !slices.Equal(s.X, []float64{2, 4}) ||
		!slices.Equal(s.Y, []float64{25, 35}) || s.Level != 25 {
		t.Errorf("%+v", s)
	}
	if got, want := charts[0].Title, "Accuracy on 30 test images, %; dotted: chance"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	html := render(t, &Page{Accuracies: charts})
	if !strings.Contains(html, "<h2>Accuracy against epochs</h2>") || !strings.Contains(html, ">knn-20</li>") {
		t.Error("the page has no curves")
	}
	if html := render(t, &Page{}); strings.Contains(html, "against epochs") {
		t.Error("a page without curves has their heading")
	}
	first := c[0].Result
	first.Validation, first.Data = 0.1, "folder:x"
	for i := range 6 {
		first.Rows = append(first.Rows, row(eval.Model, "few-shot-"+string(rune('1'+i)), 0.3))
	}
	charts = Accuracies(c) // few-shot was measured once
	want := "Accuracy on 30 validation images of folder:x, %; dotted: chance"
	if got := charts[0].Title; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(charts) != 2 || len(charts[1].Series) != 2 || len(charts[1].Series[0].X) != 1 {
		t.Errorf("of eight protocols: %+v", charts)
	}
}
