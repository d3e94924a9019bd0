package sweep_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train/sweep"
)

func TestRowsChangeTheBaseAndKeepTheirOrder(t *testing.T) {
	base := config.Demo()
	rows, err := sweep.Parse([]byte(`{"z": {}, "a": {"train": {"lr": 0.5}, "augment": {"gray": 0}}}`), base)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 2 || rows[0].Name != "z" || rows[1].Name != "a" {
		t.Fatalf("rows %+v", rows)
	}
	if d := config.Diff(base, rows[0].Config); len(d) != 0 {
		t.Errorf("z differs in %v", d)
	}
	if d := config.Diff(base, rows[1].Config); len(d) != 2 {
		t.Errorf("a differs in %v, want train.lr and augment.gray", d)
	}
}

func TestRunsVisitAllRowsOfASeedFirst(t *testing.T) {
	rows, err := sweep.Ablations(config.Demo(), "full", "no-gray")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range sweep.Runs(rows, []uint64{7, 1}) {
		if r.Config.Train.Seed != r.Seed {
			t.Errorf("%s: seed %d in its settings", r.Folder("x"), r.Config.Train.Seed)
		}
		got = append(got, r.Folder("x"))
	}
	if want := "x/full-seed7 x/no-gray-seed7 x/full-seed1 x/no-gray-seed1"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// outcome has a linear accuracy for the model and, above 0, for raw pixels.
func outcome(row string, seed uint64, accuracy, pixels float64) sweep.Outcome {
	r := &eval.Result{Test: 12, Rows: []eval.Row{
		{Representation: eval.Model, Protocol: eval.Linear, Accuracy: eval.NewScore(accuracy, accuracy)},
	}}
	if pixels > 0 {
		r.Rows = append(r.Rows, eval.Row{
			Representation: eval.RawPixels, Protocol: eval.Linear, Accuracy: eval.NewScore(pixels)})
	}
	return sweep.Outcome{Row: row, Seed: seed, Result: r}
}

func TestTheTableIsOverPretrainingSeeds(t *testing.T) {
	rows, err := sweep.Ablations(config.Demo(), "full", "no-gray", "no-crop")
	if err != nil {
		t.Fatal(err)
	}
	table := sweep.NewTable(rows, []sweep.Outcome{
		outcome("full", 1, 0.50, 0.2), outcome("no-gray", 1, 0.40, 0), {Row: "no-crop", Seed: 1, Failed: "NaN"},
		outcome("full", 2, 0.54, 0), outcome("no-gray", 2, 0.40, 0), outcome("no-crop", 2, 0.30, 0),
	})
	var out bytes.Buffer
	if err := table.Print(&out); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(out.String()) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	for i, want := range []string{
		"accuracy, % seeds linear difference", "full 2 of 2 52.00 ± 2.83",
		"no-gray 2 of 2 40.00 ± 0.00 -12.00 ± 25.41", // t₀.₉₇₅(1) = 12.706 times 2.83/√2
		"no-crop 1 of 2 30.00 -24.00 (1 seed)", "raw pixels 20.00 -32.00", "",
		"accuracy: mean ± standard deviation over 2 pretraining seeds",
		"difference: in linear, from full, seed by seed; ± 95 % (Student's t)",
		"baselines: from one run, compared with the mean",
		"seeds: those with a result; in the other runs a number was not finite", "measured on 12 test images",
	} {
		if lines[i] != want {
			t.Errorf("line %d: %q, want %q", i+1, lines[i], want)
		}
	}
}

// Rows share seeds: a seed that one row lacks counts for neither, and what the seed does to
// both cancels.
func TestADifferenceIsTakenSeedBySeed(t *testing.T) {
	rows, err := sweep.Ablations(config.Demo(), "full", "no-gray")
	if err != nil {
		t.Fatal(err)
	}
	const equal = "no ±: the differences are equal"
	for _, c := range []struct {
		full, gray []float64 // by seed; 0: not finite
		want, said string
	}{
		{[]float64{0, .60, .70}, []float64{.50, .62, .72}, "61.33 ± 11.02 +2.00 (2 seeds)", equal},
		{[]float64{.50, .60, .70}, []float64{.51, .61, .71}, "± 10.00 +1.00", equal},
		{[]float64{.50, .60, .70}, []float64{.51, .62, .73}, "+2.00 ± 2.48", "over 3 pretraining seeds"},
		{[]float64{.50, 0}, []float64{0, .60}, "no common seed", "seeds: those with a result"},
		{[]float64{0, 0}, []float64{.50, .60}, "55.00 ± 7.07", "seeds: those with a result"},
		{[]float64{.50}, []float64{.60}, "+10.00", "one pretraining seed: says nothing of others"},
	} {
		var outcomes []sweep.Outcome
		for i := range c.full {
			for row, accuracy := range []float64{c.full[i], c.gray[i]} {
				o := outcome(rows[row].Name, uint64(i+1), accuracy, 0)
				if accuracy == 0 {
					o = sweep.Outcome{Row: rows[row].Name, Seed: uint64(i + 1), Failed: "NaN"}
				}
				outcomes = append(outcomes, o)
			}
		}
		var out bytes.Buffer
		if err := sweep.NewTable(rows, outcomes).Print(&out); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(strings.Split(out.String(), "\n")[2]), " ")
		if !strings.HasSuffix(text, c.want) || !strings.Contains(out.String(), c.said) {
			t.Errorf("%v, %v:\n%swant %q and %q", c.full, c.gray, out.String(), c.want, c.said)
		}
		if strings.Contains(out.String(), "no ±") != strings.Contains(c.said, "no ±") {
			t.Errorf("%v, %v: a line on equal differences, or none\n%s", c.full, c.gray, out.String())
		}
	}
}

func TestABaselineIsOfTheNetworkOfItsRow(t *testing.T) {
	small := sweep.Row{Name: "small", Config: config.Demo()}
	wide := sweep.Row{Name: "wide", Config: config.Demo()}
	outcomes := []sweep.Outcome{{Row: "small", Failed: "NaN"}, outcome("wide", 1, 0.5, 0.2)}
	for ndf, want := range map[int]string{32: "raw pixels", 64: "raw pixels beside wide"} {
		wide.Config.Model.NDF = ndf
		lines := sweep.NewTable([]sweep.Row{small, wide}, outcomes).Lines
		if l := lines[2]; l.Name != want || l.Beside != "wide" {
			t.Errorf("ndf %d: %+v, want %s", ndf, l, want)
		}
	}
}

// What a reader might take for granted stands beneath the table, not in --json alone.
func TestNotesOfResultsStandOnceBelowTheTable(t *testing.T) {
	rows, err := sweep.Ablations(config.Demo(), "full", "no-gray")
	if err != nil {
		t.Fatal(err)
	}
	full, gray := outcome("full", 1, 0.5, 0), outcome("no-gray", 1, 0.4, 0)
	const both, own = "Both have this.", "Only one has this."
	full.Result.Notes, gray.Result.Notes = []string{both}, []string{own, both}
	var out bytes.Buffer
	outcomes := []sweep.Outcome{full, gray, {Row: "full", Seed: 2, Failed: "NaN"}}
	if err := sweep.NewTable(rows, outcomes).Print(&out); err != nil {
		t.Fatal(err)
	}
	want := "\nmeasured on 12 test images\n" + both + "\n" + own + "\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("the end is not %q:\n%s", want, out.String())
	}
}

func TestATableWithoutResultsSaysSo(t *testing.T) {
	rows, err := sweep.Ablations(config.Demo(), "full")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	table := sweep.NewTable(rows, []sweep.Outcome{{Row: "full", Seed: 1, Failed: "NaN"}})
	if err := table.Print(&out); err != nil || !strings.Contains(out.String(), "no run has a result") {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"a": {}}`, `{"a": {"model": {"ndf": 8}}, "a": {}}`, `{"a": null}`, `[]`, `{`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		rows, err := sweep.Parse(text, config.Demo())
		if err == nil && len(rows) == 0 {
			t.Error("no rows and no error")
		}
	})
}
