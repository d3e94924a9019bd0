package train

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// badTask is a tinyTask whose image 5 of 22, 4.5 %, cannot be read.
func badTask(t *testing.T, threads int) Task {
	task := tinyTask(t, threads)
	task.Data = noise{n: 22, seed: 1, bad: 5}
	return task
}

func TestRunGoesOnPastUnreadableImagesAndListsThem(t *testing.T) {
	dir := t.TempDir()
	told := 0
	r := mustRun(t, badTask(t, 2), Options{Out: dir, OnUnreadable: func(name string, err error) {
		if told++; name != "image 5" || err.Error() != "the picture is torn" {
			t.Errorf("told of %s: %v", name, err)
		}
	}})
	if r.Step != 15 || told != 1 {
		t.Errorf("%d updates, told %d times", r.Step, told)
	}
	want := []Unreadable{{"image 5", "the picture is torn"}}
	if got, err := ReadUnreadable(UnreadablePath(dir)); err != nil || !slices.Equal(got, want) {
		t.Errorf("listed %v, %v", got, err)
	}
}

func TestRunWithUnreadableImagesResumesToTheSameBytes(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	mustRun(t, badTask(t, 1), Options{Out: whole})
	mustRun(t, badTask(t, 2), Options{Out: parts, MaxSteps: 8})
	torn := mustRead(t, UnreadablePath(parts)) + `{"name":"image 7","er`
	if err := os.WriteFile(UnreadablePath(parts), []byte(torn), 0o644); err != nil {
		t.Fatal(err)
	}
	mustRun(t, badTask(t, 1), Options{Out: parts, Resume: true, OnUnreadable: func(name string, _ error) {
		t.Errorf("told of %s again", name)
	}})
	for _, path := range []func(string) string{CheckpointPath, UnreadablePath} {
		if mustRead(t, path(whole)) != mustRead(t, path(parts)) {
			t.Errorf("%s differs", path("a run"))
		}
	}
	mustRun(t, tinyTask(t, 1), Options{Out: parts, Overwrite: true, MaxSteps: 1})
	if got, err := ReadUnreadable(UnreadablePath(parts)); err != nil || got != nil {
		t.Errorf("an overwritten run lists %v, %v", got, err)
	}
}

func TestTooManyUnreadableImagesStopWithACheckpoint(t *testing.T) {
	for _, share := range []float64{-1, 0.04} {
		dir := t.TempDir()
		r, err := Run(context.Background(), badTask(t, 1), Options{Out: dir, MaxUnreadable: share})
		if !errors.Is(err, ErrUnreadable) || strings.Contains(err.Error(), "\n") {
			t.Fatalf("error %v", err)
		}
		for _, want := range []string{"1 of 22 images", `"image 5"`, "the picture is torn", UnreadablePath(dir)} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
		if m := metaOf(t, dir); m.Step != r.Step {
			t.Errorf("checkpoint of update %d, the run made %d", m.Step, r.Step)
		}
	}
}

func TestSomeNamesTheLast(t *testing.T) {
	if got := some([]string{"a", "b\n", "c", "d"}); got != `…, "b\n", "c", "d"` {
		t.Error(got)
	}
}

func TestReadUnreadableNamesTheLine(t *testing.T) {
	path := UnreadablePath(t.TempDir())
	if err := os.WriteFile(path, []byte("{\"name\":\"a\"}\nx\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadUnreadable(path); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("%v", err)
	}
}
