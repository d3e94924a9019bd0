package runreport

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

const fewShapes = "shapes:train=24,test=9"

// trained is the run of a very small network after two updates.
func trained(t *testing.T, set ...string) *Run {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "run")
	tiny := []string{"model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=8", "train.epochs=1"}
	_, err := amdim.Pretrain(context.Background(), amdim.PretrainConfig{
		Preset: "demo", Data: fewShapes, Out: folder, MaxSteps: 2, Set: append(tiny, set...),
	})
	if err != nil {
		t.Fatal(err)
	}
	run, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// options are those of a page made on the CPU, which tell what was said meanwhile.
func options(t *testing.T) (o Options, stages *[]string, notices *[]Notice) {
	t.Helper()
	e, err := cpu.New(cpu.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	stages, notices = new([]string), new([]Notice)
	return Options{
		Engine: e, Threads: 1,
		Stage: func(what string) { *stages = append(*stages, what) },
		Note:  func(n Notice) { *notices = append(*notices, n) },
	}, stages, notices
}

func TestOpenNeedsARun(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(dir); !errors.Is(err, train.ErrNoneThere) {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

func TestAPageWithoutAnEngineHasNoPictures(t *testing.T) {
	run := trained(t)
	page, err := run.Page(t.Context(), Options{})
	if err != nil || page.Title != "Run run" || page.Views != nil || len(page.Progress.Charts) == 0 {
		t.Errorf("%v, %+v", err, page)
	}
	if _, err := run.Page(t.Context(), Options{Images: new(Images)}); err == nil {
		t.Error("images without an engine: no error")
	}
}

func TestImagesAreThoseOfTheRunOrOthers(t *testing.T) {
	run := trained(t)
	o, stages, notices := options(t)
	const others = "shapes:train=30,test=9,seed=3"
	for spec, pictured := range map[string]string{"": "", others: others} {
		var err error
		if o.Images, err = run.OpenImages(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
		*stages, *notices = nil, nil
		page, err := run.Page(t.Context(), o)
		if err != nil || page.Pictured != pictured || len(page.Views) == 0 || len(page.Matching.Rows) == 0 {
			t.Errorf("%q: %v, pictures of %q", spec, err, page.Pictured)
		}
		if len(*stages) != 2 || len(*notices) != len(pictured)/max(len(pictured), 1) {
			t.Errorf("%q: %q, %q", spec, *stages, *notices)
		}
	}
	run.meta.Data.Spec = ""
	if _, err := run.OpenImages(t.Context(), ""); !errors.Is(err, ErrNotRecorded) {
		t.Errorf("of a run that records no images: %v", err)
	}
	if _, err := run.OpenImages(t.Context(), "folder:nowhere"); err == nil {
		t.Error("images that are not there: no error")
	}
}

// The folder of the run is that whatever was added to it, and however it is spelled.
func TestTheRunsFolderIsPicturedWithoutANote(t *testing.T) {
	run := trained(t)
	o, _, notices := options(t)
	var err error
	if o.Images, err = run.OpenImages(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	run.meta.Data.Spec, run.meta.Data.Digest = "folder:photos", "of before"
	for spec, pictured := range map[string]string{"folder:./photos/": "", "folder:others": "folder:others"} {
		o.Images.Spec = spec
		page, err := run.Page(t.Context(), o)
		if err != nil || page.Pictured != pictured || (len(*notices) > 0) != (pictured != "") {
			t.Errorf("%s: %v, pictures of %q, %q", spec, err, page.Pictured, *notices)
		}
		*notices = nil
	}
}

// Without images that are held out the queries are some of train.
func TestImagesNeedNotBeHeldOut(t *testing.T) {
	run := trained(t)
	o, _, _ := options(t)
	set, err := data.Open(fewShapes, data.Train, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Images, o.Encoded = &Images{Train: set}, 20
	page, err := run.Page(t.Context(), o)
	if err != nil || !strings.HasPrefix(page.Sample, "Queries are 5 of 20 images") || page.Pictured != "" {
		t.Errorf("%v, %+v", err, page)
	}
}

// What a user may do about a notice, a program tells from its cause.
func TestANoticeHasItsCause(t *testing.T) {
	run, dir := trained(t, "model.mix.k=3"), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "photo.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	o, stages, notices := options(t)
	o.Segmented = 1
	run.segmented = &eval.Segmented{
		Step: run.meta.Step, Data: "folder:" + dir, Split: "train",
		Negatives: mixture.Origin{Data: fewShapes}, PerImage: []eval.Measured{{}}, Images: 1,
	}
	page, err := run.Page(t.Context(), o)
	if err != nil || len(page.Segmentation.Groups) != 1 || !slices.Contains(*stages, "segment 2 images") {
		t.Fatalf("%v, %q", err, *stages)
	}
	const text = "the page does not show the images that segmentation was measured on"
	n := (*notices)[len(*notices)-1]
	if n.Text != text || !errors.Is(n.Cause, data.ErrNotSegmented) || n.String() != text+": "+n.Cause.Error() {
		t.Errorf("%q", *notices)
	}
}
