package runreport

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// measuredRun is a run at update 10 that was evaluated at some update on some images.
func measuredRun(step int, spec string) *Run {
	row := func(name string, accuracy float64) eval.Row {
		return eval.Row{Representation: name, Protocol: eval.Linear, Accuracy: eval.NewScore(accuracy)}
	}
	return &Run{
		Path: "run", Settings: config.Demo(),
		meta: checkpoint.Meta{Step: 10, Data: checkpoint.Data{Spec: "folder:a", Images: 100, Classes: 2}},
		result: &eval.Result{Step: step, Data: spec, Test: 30, Classes: 2, Copies: eval.Copies{None: true},
			Rows: []eval.Row{row(eval.Model, 0.7), row(eval.RandomEncoder, 0.5)}},
	}
}

func TestTheHeadlineIsOfWhatWasEvaluated(t *testing.T) {
	const figure = "classifies 70.00 % of 30 held-out images"
	for _, c := range []struct {
		run       *Run
		want, not string
	}{
		{measuredRun(10, "folder:a"), figure + " correctly: +20.0 points", " of folder:"},
		{measuredRun(10, "folder:b"), figure + " of folder:b correctly: +20.0 points", "below"},
		{measuredRun(5, "folder:a"), "updates on 100 images. It was evaluated before: see below.", "70.00"},
	} {
		if got := c.run.headline(); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%q, want %q and no %q", got, c.want, c.not)
		}
	}
}

func TestTheHeadlineNamesWhatTheWeightsAreFrom(t *testing.T) {
	run := measuredRun(10, "folder:a")
	imported := &checkpoint.Origin{Step: 7}
	old := &checkpoint.Origin{Step: 7, Data: checkpoint.Data{Spec: "folder:old", Images: 9}, Init: imported}
	for want, init := range map[string]*checkpoint.Origin{
		"from weights learnt on images that are not recorded. ":                          imported,
		"from weights learnt on folder:old and before on images that are not recorded. ": old,
	} {
		run.meta.Init = init
		if got := run.headline(); !strings.Contains(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheSpeedIsOfTheUpdatesOnRecord(t *testing.T) {
	run := measuredRun(30, "folder:a")
	run.records = []train.Record{{Step: 22, Mean: 2, Seconds: 1}, {Step: 30, Mean: 8, Seconds: 4}}
	speed := 10 * float64(run.Settings.Train.Batch) / 4
	want := report.Fact{Name: "time", Value: fmt.Sprintf("4 s, %.0f pairs/s", speed)}
	if facts := run.facts(); !slices.Contains(facts, want) {
		t.Errorf("%+v lack %+v", facts, want)
	}
}

// The last record may be of updates without a label.
func TestTheHeadlineIsOfTheLastUpdatesWithALabel(t *testing.T) {
	run := measuredRun(10, "folder:a")
	labelled := train.Record{Probes: map[string]train.Probe{"linear": {Accuracy: 0.3}}}
	run.result, run.records = nil, []train.Record{{}, labelled, {}}
	if got := run.headline(); !strings.Contains(got, "gets 30.0 % of the train views right") {
		t.Error(got)
	}
}

func TestThePageClaimsWhatNobodySaw(t *testing.T) {
	listed, none := measuredRun(10, "folder:a"), measuredRun(10, "folder:a")
	changed, begun := measuredRun(10, "folder:a"), measuredRun(10, "folder:a")
	again, unsought := measuredRun(10, "folder:a"), measuredRun(10, "folder:a")
	unsought.result.Copies = eval.Copies{}
	begun.meta.Init = &checkpoint.Origin{Data: checkpoint.Data{Spec: "folder:a", Digest: "of before"}}
	again.meta.Init = &checkpoint.Origin{Data: again.meta.Data}
	listed.meta.Data.Quarantined, none.result, changed.result.Notes = 3, nil, []string{eval.FolderChanged}
	for _, c := range []struct {
		name string
		run  *Run
		want bool
	}{
		{"the run's data", measuredRun(10, "folder:a"), true}, {"others", measuredRun(10, "folder:b"), false},
		{"begun with weights", begun, false}, {"of the same images", again, true},
		{"the probes saw copies", listed, false}, {"moved since", changed, false}, {"not evaluated", none, false},
		{"copies were not looked for, or cannot be told", unsought, false},
	} {
		if got := c.run.pageWithoutPictures().Unseen; got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// What a run that went on would give is another result.
func TestTheCommandsShownGiveTheResultShown(t *testing.T) {
	made := []string{"amdim pretrain", "amdim sweep"}
	for _, c := range []struct {
		step int
		by   string
		want []string
	}{
		{10, "amdim eval", []string{"amdim pretrain", "amdim sweep", "amdim eval"}},
		{10, "amdim sweep", made}, {10, "", made}, {5, "amdim eval", made},
	} {
		run := measuredRun(c.step, "folder:a")
		run.commands = made
		for i := range run.result.Rows {
			run.result.Rows[i].Command = c.by
		}
		if got := run.pageWithoutPictures().Commands; !slices.Equal(got, c.want) {
			t.Errorf("update %d by %q: %q, want %q", c.step, c.by, got, c.want)
		}
		run.segmented = &eval.Segmented{Step: c.step, Command: "amdim eval --protocol segmentation"}
		run.segments = []*eval.Segmented{{Step: c.step, Command: "amdim eval of others"}}
		cut := slices.Contains(run.allCommands(), run.segmented.Command)
		if cut != (c.step == 10) || cut != slices.Contains(run.allCommands(), "amdim eval of others") {
			t.Errorf("update %d: the command of the segmentation is shown: %t", c.step, cut)
		}
	}
}

// Of another state of the run, or with other neighbours, the matrix is none of the page's.
func TestTheMatrixShownIsThatOfTheEvaluation(t *testing.T) {
	for _, c := range []struct {
		step     int
		protocol string
		want     bool
	}{{10, "knn-20", true}, {5, "knn-20", false}, {10, "knn-200", false}} {
		run := measuredRun(c.step, "folder:a")
		run.result.Rows = append(run.result.Rows, eval.Row{
			Representation: eval.Model, Protocol: c.protocol, Confusion: [][]int{{8, 2}, {1, 9}},
		})
		got := run.pageWithoutPictures().Confusion
		if (got != nil) != c.want || c.want && (got.At(0, 1) != 2 || got.Result != run.result) {
			t.Errorf("%s of update %d: %+v", c.protocol, c.step, got)
		}
	}
}

func TestTheReportJudgesARateByItsUpdates(t *testing.T) {
	run := measuredRun(1500, "folder:a")
	run.Settings.Train.LR, run.Settings.Train.Epochs = 0.05, 5000
	for step := 100; step <= 1500; step += 100 { // nothing is learnt
		run.records = append(run.records, train.Record{
			Step: step, Mean: 100, Loss: 5, FeatureStd: 1, Tasks: map[string]train.TaskRecord{"1-5": {Ceiling: 5}},
		})
	}
	if got := run.findings()[0].Kind; got != health.RateTooHigh {
		t.Fatalf("a rate of 0.05 gives %v", got)
	}
	run.meta.Schedules = []checkpoint.Schedule{{Until: 1450, Epochs: 5000, LR: 1e-5}}
	if got := run.findings()[0].Kind; got == health.RateTooHigh {
		t.Error("a rate is blamed for what another did")
	}
}

// A run that was evaluated on other data alone is reported by what is known of it.
func TestResultsOnOtherDataStandForARunWithoutItsOwn(t *testing.T) {
	dir := t.TempDir()
	keep := func(path, spec string) {
		t.Helper()
		text := fmt.Sprintf(`{"data": %q, "classes": 1, "class_names": ["a"], `+
			`"rows": [{"protocol": "linear"}]}`, spec)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want string, others ...string) {
		t.Helper()
		own, transfers, err := Results(dir)
		got := "none"
		if own != nil {
			got = own.Data
		}
		var specs []string
		for _, r := range transfers {
			specs = append(specs, r.Data)
		}
		if err != nil || got != want || !slices.Equal(specs, others) {
			t.Errorf("%s and %q, %v, want %s and %q", got, specs, err, want, others)
		}
	}
	check("none")
	keep(train.TransferPath(dir, "b"), "shapes:b")
	check("shapes:b")
	keep(train.TransferPath(dir, "a"), "shapes:a")
	check("shapes:a", "shapes:b")
	keep(train.EvalPath(dir), "shapes")
	check("shapes", "shapes:a", "shapes:b")
	if err := os.WriteFile(train.TransferPath(dir, "a"), []byte("torn"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Results(dir); err == nil || !strings.Contains(err.Error(), train.TransferPath(dir, "a")) {
		t.Errorf("torn: %v", err)
	}
}

func TestAResultOnOtherDataSaysWhenItWasMeasured(t *testing.T) {
	r := measuredRun(10, "folder:a")
	r.transfers = []*eval.Result{{Step: 10, Data: "shapes"}, {Step: 7, Data: "shapes:train=9"}}
	for i, want := range []string{"", "Measured after update 7; the run is now at update 10."} {
		if got := r.pageWithoutPictures().Transfers[i]; got.Note != want || got.Result != r.transfers[i] {
			t.Errorf("%s: %q, want %q", got.Data, got.Note, want)
		}
	}
}
