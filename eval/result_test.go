package eval

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/amdim/amdim/model"
)

var update = flag.Bool("update", false, "rewrite the files in testdata from what the tests see")

func sample() *Result {
	return &Result{
		Model: "runs/tiny", Data: "cifar10:data",
		Network: model.Config{Px: 32, NDF: 64, NRKHS: 512, NDepth: 3, Lambda: 0.04, TClip: 20},
		Config:  Default(), Engine: "cpu generic f32", ProbeEngine: "cpu generic f32",
		Train: 50000, Test: 10000, Classes: 10,
		Frozen: Frozen{Before: "ab12", After: "ab12"},
		Rows: []Row{
			{Model, 512, "linear", Score{0.5143, 0.00075, []float64{0.5136, 0.5142, 0.5151}}, 41.5},
			{Model, 512, "knn-200", NewScore(0.4852), 3},
			{RandomEncoder, 512, "linear", Score{0.378, 0.001, []float64{0.378, 0.379, 0.377}}, 40},
			{RandomEncoder, 512, "knn-200", NewScore(0.342), 3},
			{RawPixels, 3072, "linear", Score{0.39, 0.001, []float64{0.39, 0.391, 0.389}}, 200},
			{RawPixels, 3072, "knn-200", NewScore(0.337), 15},
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
	out, err := json.MarshalIndent(sample(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "result.json", append(out, '\n'))
}

func TestScoreIsMeanAndSampleDeviation(t *testing.T) {
	s := NewScore(0.1, 0.2, 0.6)
	if math.Abs(s.Mean-0.3) > 1e-12 || math.Abs(s.Std-math.Sqrt(0.07)) > 1e-12 {
		t.Errorf("%+v, want mean 0.3 and deviation √0.07", s)
	}
	if s := NewScore(0.5); s.Std != 0 || s.String() != "50.00" {
		t.Errorf("single run: %+v prints %s", s, s)
	}
}
