package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train/measure"
)

// benchTiny is a command line that measures little.
func benchTiny(more ...string) []string {
	args := []string{
		"bench", "--preset", "demo", "--batch", "4", "--seconds", "0.01", "--threads", "2",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=32",
	}
	return append(args, more...)
}

func TestBenchFitsATerminal(t *testing.T) {
	for _, more := range [][]string{
		nil, {"--no-data"}, {"--data", "shapes:train=20,test=1"}, {"--inference"}, {"--sweep"},
	} {
		dir := t.TempDir()
		t.Chdir(dir)
		out, _, err := execute(benchTiny(more...)...)
		if err != nil {
			t.Fatalf("%v: %v", more, err)
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 92 {
				t.Errorf("%v: a line of %d letters: %s", more, n, line)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%v: wrote %v, %v", more, left, err)
		}
	}
}

func TestBenchSaysWhatItMeasured(t *testing.T) {
	for _, c := range []struct {
		more []string
		want []string
	}{
		{nil, []string{
			"training  32 px, ndf 4, n_rkhs 32, n_depth 1, batch 4; cpu", " pairs/s", "of the multiply-add peak here",
			"backward weights", "Adam", "in parallel, in the loader", "encoder.l", "\nbound by ",
		}},
		{[]string{"--no-data", "--operations", "0"}, []string{"pairs/s", "\nbound by "}},
		{[]string{"--no-profile"}, []string{"pairs/s", " × one thread   ", "\nbound by "}},
		{[]string{"--inference", "--outputs", "f1"}, []string{"inference  32 px", " images/s", "of a batch"}},
		{[]string{"--sweep"}, []string{"| batch 4 *", "| batch 8 ", "| ndf 8 ", "| px 128 ", "| threads 1 "}},
	} {
		out, _, err := execute(benchTiny(c.more...)...)
		if err != nil {
			t.Fatal(err)
		}
		if quiet := slices.Contains(c.more, "--no-profile"); strings.Contains(out, "where time goes") && quiet {
			t.Errorf("%v: operations are timed in\n%s", c.more, out)
		}
		for _, want := range c.want {
			if !strings.Contains(strings.ReplaceAll(out, "of a\nbatch", "of a batch"), want) {
				t.Errorf("%v: no %q in\n%s", c.more, want, out)
			}
		}
	}
}

func TestBenchAsJSONHoldsEveryOperation(t *testing.T) {
	out, _, err := execute(benchTiny("--json")...)
	if err != nil {
		t.Fatal(err)
	}
	var r benchResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	if r.Result == nil || r.Batch != 4 || r.Rate <= 0 || len(r.Ops) < 20 || r.Verdict == "" {
		t.Errorf("%s", out)
	}
	out, _, err = execute(benchTiny("--json", "--sweep")...)
	if err != nil {
		t.Fatal(err)
	}
	var s sweepResult
	if err := json.Unmarshal([]byte(out), &s); err != nil || len(s.Points) < 10 {
		t.Errorf("%v, %d points in %q", err, len(s.Points), out)
	}
}

func TestBenchWithoutAPeakHasNoShareOfIt(t *testing.T) {
	for peak, want := range map[float64]string{0: "     2.00           –\n", 4e9: "     2.00      50.0 %\n"} {
		var b strings.Builder
		printGroups(&b, &measure.Result{
			Seconds: []float64{1}, Workers: 1, Peak: peak,
			Groups: []measure.Group{{Name: "forward", Seconds: 1, FLOPs: 2e9}},
		})
		if !strings.HasSuffix(b.String(), want+"\n") {
			t.Errorf("peak %g: no %q in\n%s", peak, want, b.String())
		}
	}
}

func TestBenchRefusesWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bench"}, "--preset or --config is missing"},
		{benchTiny("--seconds", "0"), "--seconds 0"},
		{benchTiny("--threads", "-1"), "--threads -1"},
		{benchTiny("--operations", "-1"), "--operations -1"},
		{benchTiny("--operations", "3", "--no-profile"), "--no-profile cannot be combined"},
		{benchTiny("--sweep", "--no-profile"), "--no-profile cannot be combined"},
		{benchTiny("--inference", "--sweep"), "cannot be combined"},
		{benchTiny("--lr", "1e-3"), "unknown flag: --lr"},
		{benchTiny("--epochs", "3"), "unknown flag: --epochs"},
		{benchTiny("--inference", "--engine", "torch", "--graphs"), "--graphs cannot be combined with --inference"},
		{benchTiny("--no-data", "--data", "shapes"), "--data cannot be combined"},
		{benchTiny("--decode"), "--decode needs --data"},
		{benchTiny("--outputs", "f1"), "--outputs needs --inference"},
		{benchTiny("--inference", "--outputs", "f1,f1"), "each once"},
		{benchTiny("--inference", "--outputs", "phi6"), "--outputs phi6: need some of f1, f5, f7, phi5, phi7"},
		{benchTiny("--batch", "1"), "batch = 1"},
		{benchTiny("--data", "shapes:train=3"), "lower the batch, to 2 at least, or add images: use --batch 2"},
	} {
		_, _, err := execute(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != exitUsage {
			t.Errorf("%v: %v, want %q and code %d", c.args, err, c.want, exitUsage)
		}
	}
}

func TestBenchThatDecodesKeepsNoImage(t *testing.T) {
	c, err := config.Preset("photos-tiny")
	if err != nil {
		t.Fatal(err)
	}
	kept, anew := (&benchmark{}).reading(c), (&benchmark{decode: true}).reading(c)
	if kept.Memory <= 0 || anew.Memory != 0 || anew.Side != kept.Side {
		t.Errorf("%+v, decoding anew %+v", kept, anew)
	}
}
