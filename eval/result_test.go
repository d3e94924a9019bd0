package eval

import (
	"bytes"
	"flag"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/amdim/amdim/model"
)

var update = flag.Bool("update", false, "rewrite the files in testdata from what the tests see")

func sample() *Result {
	return &Result{
		Model: "runs/tiny", TrainedOn: "shapes", Step: 250, Data: "cifar10:data",
		Network: model.Config{Px: 32, NDF: 64, NRKHS: 512, NDepth: 3, Lambda: 0.04, TClip: 20},
		Config:  Default(), Engine: "cpu generic f32", ProbeEngine: "cpu generic f32",
		Train: 50000, Test: 10000, Classes: 2, ClassNames: []string{"cat", "dog"},
		TrainDigest: "c1", TestDigest: "c2", Copies: Copies{Images: 120, Cosine: 0.91},
		Frozen: Frozen{Before: "ab12", After: "ab12", Weights: "01"},
		Rows: []Row{
			{
				Representation: Model, Dim: 512, Protocol: "linear", Seconds: 41.5,
				Accuracy: Score{0.5143, 0.00075, []float64{0.5136, 0.5142, 0.5151}},
				Interval: Interval{0.5045, 0.5241, OverSeeds + AndImages}, Top5: NewScore(0.93, 0.931, 0.932),
				Alone:    NewScore(0.5, 0.501, 0.502),
				PerClass: []float64{0.8, 0.5}, Confusion: [][]int{{24000, 6000}, {7500, 7500}},
			},
			{
				Representation: Model, Dim: 512, Protocol: "knn-200", Accuracy: NewScore(0.4852), Seconds: 3,
				Interval: Interval{0.4754, 0.4950, OverImages},
			},
			{Representation: RandomEncoder, Dim: 512, Protocol: "linear", Accuracy: NewScore(0.378, 0.379, 0.377)},
			{Representation: RandomEncoder, Dim: 512, Protocol: "knn-200", Accuracy: NewScore(0.342)},
			{Representation: RawPixels, Dim: 3072, Protocol: "linear", Accuracy: NewScore(0.39, 0.391, 0.389)},
		},
		Seconds: 303.25,
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs:\n%s\nwant (rewrite with -update):\n%s", path, got, want)
	}
}

func TestResultPrintsAsTable(t *testing.T) {
	var out bytes.Buffer
	if err := sample().Print(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "table.txt", out.Bytes())
}

func TestResultHoldsEveryKnobInJSON(t *testing.T) {
	var out bytes.Buffer
	if err := sample().WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", out.Bytes())
	read, err := ReadResult(out.Bytes())
	if err != nil || !reflect.DeepEqual(read, sample()) {
		t.Errorf("read again: %+v, %v", read, err)
	}
}

func TestScoreIsMeanAndSampleDeviation(t *testing.T) {
	s := NewScore(0.1, 0.2, 0.6)
	if !(math.Abs(s.Mean-0.3) <= 1e-12) || !(math.Abs(s.Std-math.Sqrt(0.07)) <= 1e-12) {
		t.Errorf("%+v, want mean 0.3 and deviation √0.07", s)
	}
	if s := NewScore(0.5); s.Std != 0 || s.String() != "50.00" {
		t.Errorf("single run: %+v prints %s", s, s)
	}
}

func TestATerminalDoesNotObeyNames(t *testing.T) {
	r := sample()
	r.ClassNames, r.Data, r.TrainedOn = []string{"cat\x1b[31m", "dog\n"}, "folder:\x1b[32m", "folder:a"
	c := NewConfusion(nil, nil, 2)
	c.Counts[0], c.Counts[2] = 4, 4
	r.Classes, r.Rows[0].Confusion, r.Notes = 2, c.Rows(), []string{"of \x1b[33m"}
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	if err := WriteNotes(&out, []*Result{r}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"cat\x1b[31m"`, `"dog\n"`, `on folder:\x1b[32m`, `of \x1b[33m`} {
		if !strings.Contains(out.String(), want) || strings.Contains(out.String(), "\x1b") {
			t.Errorf("lacks %s:\n%q", want, out.String())
		}
	}
}

func TestManyClassesAreSummedUp(t *testing.T) {
	r := sample()
	c := NewConfusion(nil, nil, 12)
	for l := range c.Classes {
		c.Counts[l*12+l] = 4
		r.ClassNames = append(r.ClassNames, "a class with a name of many letters")
	}
	c.Counts[7*12+3] = 12
	r.Classes, r.Rows[0].Confusion = 12, c.Rows()
	var out strings.Builder
	if err := r.Print(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"a class with a na…    25.0 %", "75.0 %   taken for a class with a na…"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
