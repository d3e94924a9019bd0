package report

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
)

func TestCurvesHaveFewPointsAndKeepTheLast(t *testing.T) {
	for _, n := range []int{1, mostPoints - 1, mostPoints, mostPoints + 1, 2*mostPoints + 1, 9999} {
		var records []train.Record
		for step := 1; step <= n; step++ {
			records = append(records, train.Record{Step: step, Tasks: map[string]train.TaskRecord{"1-5": {Loss: 1}}})
		}
		x := Curves(records, 0)[0].Series[0].X
		if len(x) > mostPoints || n <= mostPoints && len(x) != n || x[len(x)-1] != float64(n) {
			t.Errorf("%d records: %d points, the last %v", n, len(x), x[len(x)-1])
		}
	}
}

func TestCurvesShowTheInformationOfAMixture(t *testing.T) {
	record := func(step int, mix *train.Mixture) train.Record {
		return train.Record{Step: step, Tasks: map[string]train.TaskRecord{"1-7": {Mix: mix}, "5-5": {}}}
	}
	mix := func(information float64) *train.Mixture {
		return &train.Mixture{Information: information, Usage: []float64{0.25, 0.25, 0.25, 0.25}}
	}
	charts := Curves([]train.Record{record(10, mix(0.1)), record(20, mix(0.9))}, 0)
	if len(charts) != 2 {
		t.Fatalf("%d charts, want the losses and the information", len(charts))
	}
	s := charts[1].Series
	if len(s) != 1 || s[0].Name != "1→7" || !slices.Equal(s[0].X, []float64{10, 20}) ||
		!slices.Equal(s[0].Y, []float64{0.1, 0.9}) || !(math.Abs(s[0].Level-math.Log(4)) <= 1e-12) {
		t.Errorf("curves %+v", s)
	}
	if charts := Curves([]train.Record{record(10, nil)}, 0); len(charts) != 1 {
		t.Errorf("without a mixture %d charts", len(charts))
	}
}

// Of data with few labels a record may be without one.
func TestCurvesPassOverRecordsWithoutALabel(t *testing.T) {
	var records []train.Record
	for step, accuracy := range []float64{-1, 0.2, -1, 0.4} {
		r := train.Record{Step: step, Tasks: map[string]train.TaskRecord{"1-5": {Loss: 1}}}
		if accuracy >= 0 {
			r.Probes = map[string]train.Probe{"linear": {Accuracy: accuracy}}
		}
		records = append(records, r)
	}
	charts := Curves(records, 10)
	if len(charts) != 2 || len(charts[1].Series) != 1 {
		t.Fatalf("charts %+v, want the losses and one probe", charts)
	}
	if s := charts[1].Series[0]; !slices.Equal(s.X, []float64{1, 3}) || !slices.Equal(s.Y, []float64{20, 40}) {
		t.Errorf("curve %+v", s)
	}
}

// A line needs two points: of one there is a dot, of none no chart.
func TestOneRecordIsADotAndNoneIsNoChart(t *testing.T) {
	record := train.Record{Step: 10, Tasks: map[string]train.TaskRecord{"1-5": {Loss: 1}}}
	for n, want := range []int{0, 1, 0} {
		text, err := Progress{Charts: Curves([]train.Record{record, record}[:n], 0)}.HTML()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Count(string(text), "<circle "); got != want {
			t.Errorf("%d records: %d dots, want %d", n, got, want)
		}
		if charts := strings.Contains(string(text), "<svg"); charts != (n > 0) {
			t.Errorf("%d records: a chart is %v", n, charts)
		}
	}
	imported := Comparison{Runs: []Run{{Name: "a"}, {Name: "b"}}}
	if charts := imported.Charts(); len(charts) > 0 {
		t.Errorf("%d charts of runs without records", len(charts))
	}
}
