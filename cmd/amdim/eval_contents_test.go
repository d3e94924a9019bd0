package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/train"
)

// halves is a folder of bitmaps with train and test images of two classes.
func halves(t *testing.T, dir string) {
	t.Helper()
	for i := range 28 {
		path := fmt.Sprintf("%s/%s/%s/%d.bmp", dir, []string{"train", "test"}[i/20], []string{"cat", "dog"}[i%2], i)
		put(t, path, bitmap(t, i))
	}
}

// touch sets when a file was last written: clocks are coarse.
func touch(t *testing.T, path string, hours int) {
	t.Helper()
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Duration(hours)*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// Of files that were written anew in the same size, results are not beside those of before.
func TestResultsOfFilesWrittenAnewAreApart(t *testing.T) {
	t.Chdir(t.TempDir())
	halves(t, "in")
	mustRun(t, smallPhotos+"--data folder:in --out run --max-steps 1")
	path := train.EvalPath("run")
	evaluate := func(flags string, want ...string) {
		t.Helper()
		mustRun(t, "eval --model run --no-baselines "+flags)
		if _, rows := keptResult(t, "run").Axes(); !slices.Equal(rows, want) {
			t.Errorf("%s: %q, want %q", flags, rows, want)
		}
	}
	const (
		neighbours = "--protocol knn --k 1 --data folder:"
		labels     = "--protocol few-shot --draws 1 --shots 1 --data folder:"
	)
	evaluate(neighbours+"in", "knn-1")
	touch(t, "in/test/cat/20.bmp", 1)
	if err := os.Rename("in", "moved"); err != nil {
		t.Fatal(err)
	}
	evaluate(labels+"moved", "knn-1", "few-shot-1", "few-shot-1-mean")
	if _, err := os.Stat(checkpoint.Previous(path)); err == nil {
		t.Error("set aside where files were only moved and touched")
	}
	put(t, "moved/test/cat/20.bmp", bitmap(t, 99))
	touch(t, "moved/test/cat/20.bmp", 2)
	evaluate(neighbours+"moved", "knn-1")
	if !strings.Contains(read(t, checkpoint.Previous(path)), "few-shot-1") {
		t.Error("the result of before is not set aside")
	}
}

// A sweep measures a finished row again where files were written anew; one that learnt from
// others than are there is of another sweep.
func TestSweepKnowsFilesWrittenAnew(t *testing.T) {
	t.Chdir(t.TempDir())
	halves(t, "in")
	args := []string{
		"sweep", "--preset", "demo", "--data", "folder:in", "--out", "out", "--seeds", "1", "--ablations", "full",
		"--batch", "10", "--epochs", "1", "--set", "model.ndf=4", "--set", "model.n_rkhs=16", "--protocol", "knn",
	}
	tried := func() (text string) {
		found, _ := train.TriedPaths("out/full-seed1")
		for _, path := range found {
			text += read(t, path)
		}
		return text
	}
	var first, touched string
	anew := func(path string, seed, hours int) func() {
		return func() {
			put(t, path, bitmap(t, seed))
			touch(t, path, hours)
		}
	}
	for _, c := range []struct {
		name     string
		change   func()
		measured int
		refused  string
	}{
		{"first", func() {}, 1, ""},
		{"again", func() { first = tried() }, 0, ""},
		{"touched", anew("in/test/cat/20.bmp", 20, 1), 0, ""},
		{"not read again for that", func() { touched = tried() }, 0, ""},
		{"a test image", anew("in/test/cat/20.bmp", 99, 2), 1, ""},
		{"spelled otherwise", func() { args[4] = "folder:./in" }, 0, ""},
		{"again", func() { args[4] = "folder:in" }, 0, ""},
		{"a train image", anew("in/train/cat/0.bmp", 99, 3), 0,
			"train images of folder:in hold something else than when the run there learnt from them"},
	} {
		c.change()
		_, messages, err := execute(args...)
		said := err == nil && c.refused == ""
		if err != nil {
			said = c.refused != "" && exitCode(err) == exitUsage && strings.Contains(told(err), c.refused)
		}
		if n := strings.Count(messages, "kept:"); n != c.measured || !said {
			t.Errorf("%s: measured %d times, want %d: %v\n%s", c.name, n, c.measured, err, messages)
		}
	}
	if touched == first {
		t.Error("files that were touched are read again by every sweep")
	}
}
