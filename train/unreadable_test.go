package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
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
	want := []Unreadable{{Name: "image 5", Error: "the picture is torn"}}
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

// torn is noise whose first images cannot be read.
type torn struct {
	noise
	bad int
}

func (d torn) Image(i int) (tensor.Image, error) {
	if i < d.bad {
		return tensor.Image{}, &data.UnreadableError{Err: errors.New("the picture is torn")}
	}
	return d.noise.Image(i)
}

func TestTooManyUnreadableImagesStopWithACheckpoint(t *testing.T) {
	for _, c := range []struct {
		bad   int
		share float64
		want  string // empty: the run goes on
	}{
		{1, -1, "1 of 22, where 0 may"}, {3, 0, ""}, {4, 0, "4 of 22, where 3 may"}, {4, 0.2, ""},
	} {
		dir, task := t.TempDir(), tinyTask(t, 1)
		task.Data = torn{noise{n: 22, seed: 1, bad: -1}, c.bad}
		r, err := Run(context.Background(), task, Options{Out: dir, MaxUnreadable: c.share})
		if c.want == "" {
			if err != nil {
				t.Errorf("%d unreadable, share %g: %v", c.bad, c.share, err)
			}
			continue
		}
		if !errors.Is(err, ErrUnreadable) || strings.Contains(err.Error(), "\n") {
			t.Fatalf("error %v", err)
		}
		for _, want := range []string{c.want, `"image `, "the picture is torn", UnreadablePath(dir)} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%v lacks %q", err, want)
			}
		}
		if m := metaOf(t, dir); m.Step != r.Step {
			t.Errorf("checkpoint of update %d, the run made %d", m.Step, r.Step)
		}
		_, again := Run(context.Background(), task, Options{Out: dir, MaxUnreadable: c.share, Resume: true})
		if again == nil || !strings.Contains(again.Error(), c.want) || !strings.Contains(again.Error(), "torn") {
			t.Errorf("resumed: %v, want %q", again, c.want)
		}
	}
}

func TestAListThatCannotBeWrittenIsReported(t *testing.T) {
	dir, task := t.TempDir(), tinyTask(t, 1)
	task.Data = torn{noise{n: 22, seed: 1, bad: -1}, 1}
	o := Options{Out: dir, MaxUnreadable: -1, OnStart: func(Status) {
		if err := os.Mkdir(UnreadablePath(dir), 0o755); err != nil {
			t.Error(err)
		}
	}}
	_, err := Run(t.Context(), task, o)
	const unlisted = "; then train: unreadable images: open "
	if !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), unlisted) {
		t.Errorf("too many: %v", err)
	}
	failed, other := errors.New("full"), errors.New("other")
	u := unreadable{failed: failed}
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "full"}, {failed, "full"}, {fmt.Errorf("kept: %w", failed), "kept: full"},
		{context.Canceled, "full"}, {other, "other; then full"},
	} {
		if got := u.unlisted(c.err); got == nil || got.Error() != c.want {
			t.Errorf("%v: %v, want %q", c.err, got, c.want)
		}
	}
	if got := (&unreadable{}).unlisted(nil); got != nil {
		t.Error(got)
	}
}

func TestAFewImagesMayAlwaysBeUnreadable(t *testing.T) {
	for _, c := range []struct {
		n     int
		share float64
		want  int
	}{
		{4, 0.05, 0}, {5, 0.05, 1}, {15, 0.05, 3}, {60, 0.05, 3}, {80, 0.05, 4}, {1000, 0.05, 50},
		{15, 0.001, 3}, {15, 0.5, 7}, {15, 0, 0}, {1000, 0, 0}, {15, 1, 15},
	} {
		if got := AllowedUnreadable(c.n, c.share); got != c.want {
			t.Errorf("%d of %d images at a share of %g, want %d", got, c.n, c.share, c.want)
		}
	}
}

func TestSomeNamesTheLast(t *testing.T) {
	list := []Unreadable{{Name: "a"}, {Name: "b\n"}, {Name: "c"}, {Name: "d"}}
	if got := some(list); got != `…, "b\n", "c", "d"` {
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
