package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/sweep"
)

// A folder whose test images cannot be read shows that they are not looked at.
func TestValidationLeavesTestImagesAlone(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	for i := range 40 {
		put(t, fmt.Sprintf("photos/train/%d/%d.png", i%2, i), photo(t, 40, i))
	}
	put(t, "photos/train/1/torn.png", []byte("torn"))
	put(t, "photos/test/0/torn.png", []byte("torn"))
	text, messages, err := execute("eval", "--model", run, "--data", "folder:photos", "--protocol", "knn",
		"--k", "3", "--validation", "0.2")
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	for _, want := range []string{
		"8 validation images, 32 train images", " validation images\n", "The test images were not used.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("stdout lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(messages, "test/") || strings.Contains(messages, "next:") {
		t.Errorf("stderr: %s", messages)
	}
	r, err := eval.ReadResult([]byte(read(t, train.ValidationPath(run))))
	if err != nil || r.Validation != 0.2 {
		t.Errorf("kept: %+v, %v", r, err)
	}
	if _, err := os.Stat(train.EvalPath(run)); err == nil {
		t.Error("eval.json holds what is not of test images")
	}
}

func TestSweepMeasuresOnValidationAndThenOnTestImages(t *testing.T) {
	out := t.TempDir()
	for _, c := range []struct {
		more           string
		measured, test int
	}{
		{"--validation 0.25", 1, 10}, {"--validation 0.25", 0, 10}, {"--validation 0.5", 1, 20}, {"", 1, 12},
	} {
		args := append(small(out, one, "--seeds", "1", "--json"), strings.Fields(c.more)...)
		text, messages, err := execute(args...)
		var table sweep.Table
		if err == nil {
			err = json.Unmarshal([]byte(text), &table)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, messages)
		}
		r := table.Outcomes[0].Result
		if r.Test != c.test || table.Validation != r.Validation || (r.Validation > 0) != (c.more != "") {
			t.Errorf("%q: %d images, validation %g of %g", c.more, r.Test, table.Validation, r.Validation)
		}
		if n := strings.Count(messages, "random encoder: refresh"); n != c.measured {
			t.Errorf("%q: measured %d times:\n%s", c.more, n, messages)
		}
	}
	if _, err := os.Stat(train.ValidationPath(filepath.Join(out, "full-seed1"))); err != nil {
		t.Error(err)
	}
}

// A run that is measured on its own folder has not seen that folder change.
func TestValidationKnowsTheFolderOfTheRun(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 40 {
		put(t, fmt.Sprintf("photos/%d/%d.png", i%2, i), photo(t, 40, i))
	}
	args := small("out", one, "--seeds", "1", "--validation", "0.25", "--data", "folder:photos")
	text, messages, err := execute(args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	if !strings.Contains(text, "measured on 9 validation images") {
		t.Errorf("the table does not say what it is of:\n%s", text)
	}
	kept := train.ValidationPath("out/full-seed1")
	r, err := eval.ReadResult([]byte(read(t, kept)))
	if err != nil || slices.Contains(r.Notes, eval.FolderChanged) {
		t.Errorf("notes %q, %v", r.Notes, err)
	}
	_, _, err = execute("pretrain", "--preset", "demo", "--data", "folder:photos", "--out", "out/full-seed1",
		"--overwrite", "--max-steps", "1", "--batch", "20", "--set", "model.ndf=4", "--set", "model.n_rkhs=16")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err == nil {
		t.Error("--overwrite leaves the result of the run before")
	}
}
