package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

const fewShapes = "shapes:train=60,test=40"

// tinyRun pretrains a very small network for two updates.
func tinyRun(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	_, messages, err := execute("pretrain", "--preset", "demo", "--data", fewShapes, "--out", out,
		"--max-steps", "2", "--epochs", "1", "--batch", "16", "--log-steps", "1",
		"--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--set", "model.n_depth=1")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	return out
}

func TestEvalPrintsATableAndJSON(t *testing.T) {
	run := tinyRun(t)
	args := []string{"eval", "--model", run, "--data", fewShapes, "--k", "5",
		"--protocol", "linear,knn,few-shot", "--shots", "1", "--draws", "3", "--probes", "2"}
	out, messages, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"linear", "knn-5", "few-shot-1-mean", "3 few-shot draws", "top-5",
		"model", "random encoder", "raw pixels", "40 test images, 60 train images",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(messages, "model: linear probe 2 of 2 seeds") {
		t.Errorf("stderr %q", messages)
	}
	if kept := read(t, train.EvalPath(run)); !strings.Contains(kept, "raw pixels") {
		t.Errorf("kept in the run: %s", kept)
	}
	out, _, err = execute(append(args, "--json", "--no-baselines")...)
	if err != nil {
		t.Fatal(err)
	}
	var r eval.Result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if kept := keptResult(t, run); len(kept.Rows) != 12 || !reflect.DeepEqual(kept.Rows[0], r.Rows[0]) {
		t.Errorf("kept in the run: %+v, want the model's rows with the baselines of before", kept.Rows)
	}
	_, messages, err = execute(append(args, "--json", "--no-baselines", "--probes", "1")...)
	if err != nil || !strings.Contains(messages, "eval.json no longer holds linear of update 2") {
		t.Errorf("%v, messages %q, want a note that results of other settings are kept elsewhere", err, messages)
	}
	if kept := keptResult(t, run); len(kept.Config.Seeds) != 1 || len(kept.Rows) != 10 {
		t.Errorf("kept in the run: %+v, want linear of the model alone", kept.Rows)
	}
	if len(r.Rows) != 4 || r.Step != 2 || r.Model != run || r.Data != fewShapes || r.Network.NDF != 4 ||
		len(r.Config.Seeds) != 2 {
		t.Errorf("result %+v", r)
	}
	if r.Frozen.Before == "" || r.Frozen.Before != r.Frozen.After {
		t.Errorf("hashes %+v", r.Frozen)
	}
}

func TestEvalNamesWhatIsWrong(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no checkpoint"), 0o644); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(t.TempDir(), "missing")
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--data shapes", exitUsage, "--model is missing"},
		{"--model x", exitUsage, "--data is missing"},
		{"--model x --data shapes --protocol ridge", exitUsage, `unknown protocol "ridge"`},
		{"--model x --data shapes --probes 0", exitUsage, "--probes 0"},
		{"--model x --data shapes --k 0", exitUsage, "knn.k holds 0"},
		{"--model x --data shapes --shots 0", exitUsage, "few_shot.shots holds 0"},
		{"--model x --data shapes --k 20,20", exitUsage, "knn.k holds 20 twice"},
		{"--model x --data shapes --draws 0", exitUsage, "few_shot"},
		{"--model x --data shapes --schedule fast", exitUsage, `--schedule "fast"`},
		{"--model x --data shapes --probe-epochs -1", exitUsage, "--probe-epochs -1"},
		{"--model x --data shapes --probe-batch 1", exitUsage, "--probe-batch 1"},
		{"--model x --data shapes --protocol linear --k 5", exitUsage, "--k is for --protocol knn"},
		{"--model x --data shapes --protocol linear --shots 1", exitUsage, "--shots is for --protocol few-shot"},
		{"--model x --data shapes --draws 3", exitUsage, "--draws is for --protocol few-shot"},
		{"--model x --data shapes --protocol knn --schedule paper", exitUsage,
			"--schedule is for --protocol linear or mlp"},
		{"--model x --data shapes --protocol knn,few-shot --probes 1", exitUsage,
			"--probes is for --protocol linear or mlp or paper"},
		{"--model x --data shapes --precision f16", exitUsage,
			`--precision "f16": need bf16 or f32, or tf32 with --engine torch`},
		{"--model x --data shapes --precision tf32", exitUsage, `--precision "tf32"`},
		{"--model x --data shapes --folds --probes 2", exitUsage, "--probes cannot be combined with --folds"},
		{"--model x --data stl10:x --folds --protocol few-shot", exitUsage, "few-shot draws from all train images"},
		{"--model x --data stl10:x --folds --protocol paper", exitUsage, "paper learns from all train images"},
		{"--model " + missing + " --data shapes", exitFailure, missing},
		{"--model " + text + " --data shapes", exitFailure, text},
	} {
		_, _, err := execute(strings.Fields("eval " + c.args)...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("amdim eval %s: %v, want %q", c.args, err, c.want)
		}
		if got := exitCode(err); got != c.code {
			t.Errorf("amdim eval %s: exit code %d, want %d", c.args, got, c.code)
		}
	}
}

func TestEvalTakesThePapersScheduleAndProtocol(t *testing.T) {
	run := tinyRun(t)
	out, _, err := execute("eval", "--model", run, "--data", fewShapes, "--protocol", "linear,paper",
		"--probes", "1", "--schedule", "paper", "--probe-epochs", "3", "--probe-batch", "20",
		"--refresh-batch", "30", "--no-baselines", "--json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.ReadResult([]byte(out))
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Config.Probe; p.Epochs != 3 || !p.Clipped || p.Schedule.LR != 2e-4 || p.Batch != 20 ||
		r.Config.Paper.Epochs != 3 || r.Config.Paper.Batch != 20 || r.Config.Refresh.Batch != 30 {
		t.Errorf("settings %+v", r.Config)
	}
	if len(r.Rows) != 3 || len(r.Notes) == 0 {
		t.Errorf("result %+v", r)
	}
	_, _, err = execute("eval", "--model", run, "--data", fewShapes, "--folds")
	if want := "--folds: data: " + fewShapes + " has no folds"; exitCode(err) != exitUsage ||
		!strings.Contains(err.Error(), want) {
		t.Errorf("--folds on shapes: %v", err)
	}
}

// An encoder may be evaluated on other data, of other sizes, than it learnt from.
func TestEvalOnOtherDataNamesBoth(t *testing.T) {
	run := tinyRun(t)
	for _, other := range []string{"shapes:size=48,train=50,test=30", "shapes:size=24,train=50,test=30"} {
		out, _, err := execute("eval", "--model", run, "--data", other, "--protocol", "knn", "--k", "5")
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Join(strings.Fields(out), " ")
		for _, want := range []string{
			"trained on " + fewShapes + " (update 2), evaluated on " + other, "random encoder", "raw pixels",
		} {
			if !strings.Contains(words, want) {
				t.Errorf("lacks %q:\n%s", want, out)
			}
		}
		small := strings.Contains(words, "Images of 24×24 are enlarged to the network's input of 32×32.")
		if small != strings.Contains(other, "size=24") {
			t.Errorf("printed:\n%s", out)
		}
	}
	page, _, err := execute("report", run)
	if err != nil {
		t.Fatal(err)
	}
	html := read(t, train.ReportPath(run))
	if !strings.Contains(html, "Trained on "+fewShapes+", evaluated on") {
		t.Errorf("the report does not name both data sets; %s", page)
	}
}

func TestEvalKeepsFeaturesUnlessToldNotTo(t *testing.T) {
	run := tinyRun(t)
	eval := func(flags ...string) (messages string, files []string) {
		t.Helper()
		args := []string{"eval", "--model", run, "--data", fewShapes, "--protocol", "knn", "--k", "5",
			"--no-baselines"}
		_, messages, err := execute(append(args, flags...)...)
		if err != nil {
			t.Fatal(err)
		}
		files, err = filepath.Glob(filepath.Join(run, "features-*"))
		if err != nil {
			t.Fatal(err)
		}
		return messages, files
	}
	const encode = "model: encode 100 images"
	if said, files := eval("--no-cache"); len(files) != 0 || !strings.Contains(said, encode) {
		t.Errorf("--no-cache keeps %q, says %s", files, said)
	}
	if said, files := eval(); len(files) != 1 || !strings.Contains(said, encode) {
		t.Errorf("first: files %q, says %s", files, said)
	}
	if said, files := eval(); len(files) != 1 || strings.Contains(said, encode) {
		t.Errorf("again: files %q, says %s", files, said)
	}
	if said, _ := eval("--no-cache"); !strings.Contains(said, encode) {
		t.Errorf("--no-cache uses the file: %s", said)
	}
}

// Neighbours that nobody asked for are left out where there are too few images;
// those asked for are an error that names the flag.
func TestEvalFitsNeighboursToFewImages(t *testing.T) {
	run := tinyRun(t)
	for _, c := range []struct {
		data, flags string
		rows        int
		note, err   string
	}{
		{fewShapes, "--probes 1", 2,
			"note: left out: knn-200: 200 neighbours are more than the 60 train images\n", ""},
		{"shapes:train=20,test=9", "--protocol knn", 1, "knn-200", ""},
		{"shapes:train=19,test=9", "--probes 1", 1,
			"note: left out: knn: 200 neighbours are more than the 19 train", ""},
		{"shapes:train=19,test=9", "--protocol knn", 0, "", "--protocol knn: 200 neighbours are more than the 19"},
		{fewShapes, "--k 5,61", 0, "", "--k 61: 61 neighbours are more than the 60 train images: ask for fewer"},
	} {
		args := "eval --no-baselines --json " + c.flags
		text, messages, err := execute(append(strings.Fields(args), "--model", run, "--data", c.data)...)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s %s: %v, want %q", c.data, c.flags, err, c.err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s %s: %v", c.data, c.flags, err)
		}
		r, err := eval.ReadResult([]byte(text))
		if err != nil || len(r.Rows) != c.rows || !strings.Contains(messages, c.note) {
			t.Errorf("%s %s: %v, %+v\nstderr %s", c.data, c.flags, err, r, messages)
		}
	}
}

// So are numbers of images for few-shot that the smallest class does not have.
func TestEvalFitsShotsToSmallClasses(t *testing.T) {
	run := tinyRun(t)
	const few = "shapes:train=67,test=10" // 6 or 7 images of a class
	args := strings.Fields("eval --data " + few + " --protocol few-shot --draws 1 --no-baselines --json")
	args = append(args, "--model", run)
	text, messages, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	r, err := eval.ReadResult([]byte(text))
	if err != nil || len(r.Rows) != 4 || !slices.Equal(r.Config.FewShot.Shots, []int{1, 5}) ||
		!strings.Contains(messages, `note: left out: few-shot-20: class "heart" has 6 train images`+"\n") {
		t.Errorf("%v, %+v\n%s", err, r, messages)
	}
	_, _, err = execute(append(args, "--shots", "1,7")...)
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "few_shot.shots = 7, but class") {
		t.Errorf("--shots 7: %v", err)
	}
}

// Whoever reads the figures can get them again.
func TestPageAndCardShowHowTheResultWasMeasured(t *testing.T) {
	run := tinyRun(t)
	defer func(args []string) { os.Args = args }(os.Args)
	os.Args = strings.Fields("amdim eval --data " + fewShapes +
		" --no-baselines --probes 1 --probe-batch 7 --model " + run)
	if _, _, err := execute(os.Args[1:]...); err != nil {
		t.Fatal(err)
	}
	typed, k := commandLine(), keptResult(t, run).Row(eval.Model, "knn-20").Accuracy.Mean
	page, _ := reported(t, run, "--images", "20")
	card := filepath.Join(t.TempDir(), "card.md")
	if want := fmt.Sprintf("each of 40 test images: %.1f %% are right.", 100*k); !strings.Contains(page, want) {
		t.Errorf("the page gives another figure for knn-20, of its own images: want %q", want)
	}
	if _, _, err := execute("export", "--model", run, "--out", card); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"page": page, "card": read(t, card)} {
		for _, want := range []string{typed + "\n", "probes: 20 epochs in batches of 7, Adam at 0.001"} {
			if strings.Count(text, want) != 1 {
				t.Errorf("the %s has not once %q", name, want)
			}
		}
	}
	os.Args = []string{"amdim", "eval", "--data", "folder:\xff"} // JSON would replace the byte
	want := `amdim eval --data $'folder:\377'`
	if runtime.GOOS == "windows" { // whose shells have no such form
		want = ""
	}
	if line := storedCommand(); line != want {
		t.Errorf("stored %q, want %q", line, want)
	}
}

// What was measured before stays beside what is measured now, and what is measured on other
// images has a file of its own.
func TestEvalKeepsWhatOtherProtocolsGave(t *testing.T) {
	run := tinyRun(t)
	measure := func(spec string, protocol ...string) {
		t.Helper()
		_, messages, err := execute(append([]string{"eval", "--model", run, "--data", spec, "--no-baselines",
			"--protocol"}, protocol...)...)
		if err != nil || strings.Contains(messages, "no longer") {
			t.Fatal(err, messages)
		}
	}
	rows := func(r *eval.Result) string { _, rows := r.Axes(); return r.Data + " " + strings.Join(rows, " ") }
	const first, second = "shapes:train=40,test=20", "shapes:train=40,test=30"
	for _, spec := range []string{fewShapes, first, second} {
		measure(spec, "knn")
		measure(spec, "linear", "--probes", "1")
	}
	if got, want := rows(keptResult(t, run)), fewShapes+" linear knn-20"; got != want {
		t.Errorf("kept of its data %q, want %q", got, want)
	}
	var got []string
	for _, r := range onOtherData(t, run) {
		got = append(got, rows(r))
	}
	slices.Sort(got)
	if want := []string{first + " linear knn-20", second + " linear knn-20"}; !slices.Equal(got, want) {
		t.Errorf("kept of other data %q, want %q", got, want)
	}
	page, _ := reported(t, run, "--images", "20")
	for _, want := range []string{
		"Accuracy on held-out images", "Accuracy on other data", "<h3>" + first + "</h3>",
		"<h3>" + second + "</h3>", "40 train images, 10 classes: guessing gives 10.0 %",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if n := strings.Count(page, "knn-20, %</th>"); n != 3 {
		t.Errorf("%d tables on the page", n)
	}
	card := filepath.Join(t.TempDir(), "card.md")
	mustRun(t, "export --out", card, "--model", run)
	for _, spec := range []string{fewShapes, first, second} {
		if strings.Count(read(t, card), "\nOn "+spec+": ") != 1 {
			t.Errorf("the card does not say once what was measured on %s:\n%s", spec, read(t, card))
		}
	}
}
