package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// A photograph that is put into its right class after training has another name, by
// which it may be held out: the model has learnt from it.
func TestAFolderThatChangedSinceTrainingIsNoted(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 40 {
		put(t, fmt.Sprintf("in/%s/%d.png", []string{"cat", "dog"}[i%2], i), photo(t, 64, i))
	}
	put(t, "in/cat/torn.png", []byte("torn")) // what cannot be read is no change
	mustRun(t, smallPhotos+"--data folder:in --out run --max-steps 1")
	line := strings.Fields("eval --model run --data folder:in --protocol knn --k 1 --no-baselines")
	for _, changed := range []bool{false, true} {
		if changed {
			if err := os.Rename(filepath.Join("in", "cat", "0.png"), filepath.Join("in", "dog", "0.png")); err != nil {
				t.Fatal(err)
			}
		}
		out, _, err := execute(line...)
		said := strings.Contains(strings.Join(strings.Fields(out), " "), eval.FolderChanged)
		if err != nil || said != changed {
			t.Errorf("changed %v, said so %v: %v\n%s", changed, said, err, out)
		}
	}
	stored, err := checkpoint.ReadRun(train.CheckpointPath("run"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := data.Open("folder:in", data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"folder:other", "shapes"} { // other data has no such past
		r := eval.Result{Data: spec}
		if noteChanged(&r, stored.Data, &encoder.Images{Dataset: set, Whole: set}); r.Notes != nil {
			t.Errorf("%s: %q", spec, r.Notes)
		}
	}
	readable, err := data.Open("shapes:train=4,test=2", data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	demo := stored.Data
	demo.Digest = readable.Digest()
	r := eval.Result{Data: demo.Spec}
	if noteChanged(&r, demo, &encoder.Images{Dataset: readable, Whole: set}); r.Notes != nil {
		t.Errorf("learnt from the readable images: %q", r.Notes)
	}
}

// A result on the run's own folder is its own, with the notes on it, however the folder is spelled.
func TestTheRunsFolderMayBeSpelledOtherwise(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for i := range 24 {
		put(t, fmt.Sprintf("in/%s/%d.png", []string{"cat", "dog"}[i%2], i), photo(t, 40, i))
	}
	mustRun(t, smallPhotos+"--data folder:in --out run --max-steps 1")
	put(t, "in/cat/new.png", photo(t, 40, 99))
	spellings := []string{"in/", "./in"}
	if os.Symlink("in", "link") == nil {
		spellings = append(spellings, "link")
	}
	for _, in := range spellings {
		mustRun(t, "eval --model run --protocol knn --k 1 --no-baselines --data", "folder:"+in)
		own := keptResult(t, "run") // which is not there if it is taken for one on other data
		if own.Data != "folder:in" || !slices.Contains(own.Notes, eval.FolderChanged) {
			t.Errorf("%s: of %s, notes %q", in, own.Data, own.Notes)
		}
		if err := os.Remove(train.EvalPath("run")); err != nil {
			t.Fatal(err)
		}
	}

	// A folder of the same name elsewhere is another one.
	t.Chdir(t.TempDir())
	for i := range 24 {
		put(t, fmt.Sprintf("in/%s/%d.png", []string{"cat", "dog"}[i%2], i), photo(t, 40, 50+i))
	}
	other, err := filepath.Abs("in")
	if err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run")
	mustRun(t, "eval --protocol knn --k 1 --no-baselines --model", run, "--data", "folder:"+other)
	if _, err := os.Stat(train.EvalPath(run)); err == nil {
		t.Error("the result of another folder is kept as the run's own")
	}
}
