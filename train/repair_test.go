package train

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// tornTask is a tinyTask whose first images cannot be read: 3 of 22 may.
func tornTask(t *testing.T, bad int) Task {
	task := tinyTask(t, 1)
	task.Data = torn{noise{n: 22, seed: 1, bad: -1}, bad}
	return task
}

// stopped is a run that 4 unreadable images have stopped.
func stopped(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if _, err := Run(t.Context(), tornTask(t, 4), Options{Out: folder}); !errors.Is(err, ErrUnreadable) {
		t.Fatal(err)
	}
	return folder
}

func listed(t *testing.T, folder string) []string {
	t.Helper()
	list, err := ReadUnreadable(UnreadablePath(folder))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, u := range list {
		names = append(names, u.Name)
	}
	slices.Sort(names)
	return names
}

func TestAStoppedRunGoesOnOnceItsImagesAreRepaired(t *testing.T) {
	for _, c := range []struct {
		bad    int // after the repair
		listed []string
		notice string
	}{
		{0, nil, "4 images that could not be read can be read now"},
		{1, []string{"image 0"}, "3 images that could not be read can be read now"},
		{3, []string{"image 0", "image 1", "image 2"}, "1 image that could not be read can be read now"},
	} {
		dir := stopped(t)
		var notices []string
		r := mustRun(t, tornTask(t, c.bad), Options{
			Out: dir, Resume: true,
			OnNotice:     func(f string, args ...any) { notices = append(notices, fmt.Sprintf(f, args...)) },
			OnUnreadable: func(name string, _ error) { t.Errorf("told of %s again", name) },
		})
		if got := listed(t, dir); r.Step != 15 || !slices.Equal(got, c.listed) {
			t.Errorf("%d left: %d updates, listed %q", c.bad, r.Step, got)
		}
		if !slices.Equal(notices, []string{c.notice}) {
			t.Errorf("%d left: %q", c.bad, notices)
		}
	}
}

// The list decides whether a run stops, not what it learns from: one that goes on because
// more may be unreadable ends in the same bytes.
func TestWhatIsRepairedEntersARunInOneWay(t *testing.T) {
	repaired, allowed := stopped(t), t.TempDir()
	if err := os.CopyFS(allowed, os.DirFS(repaired)); err != nil { // where it stopped is a matter of time
		t.Fatal(err)
	}
	mustRun(t, tornTask(t, 1), Options{Out: repaired, Resume: true})
	mustRun(t, tornTask(t, 1), Options{Out: allowed, Resume: true, MaxUnreadable: 1})
	if mustRead(t, CheckpointPath(repaired)) != mustRead(t, CheckpointPath(allowed)) {
		t.Error("checkpoints differ")
	}
	if got := listed(t, allowed); len(got) != 4 {
		t.Errorf("images were tried again where the run goes on anyway: listed %q", got)
	}
}

// failing is noise on a disk that has failed.
type failing struct{ noise }

func (failing) Image(int) (tensor.Image, error) { return tensor.Image{}, errors.New("no such device") }

func TestADiskThatFailsRepairsNothing(t *testing.T) {
	dir, task := stopped(t), tinyTask(t, 1)
	task.Data = failing{noise{n: 22, seed: 1, bad: -1}}
	_, err := Run(t.Context(), task, Options{Out: dir, Resume: true})
	if err == nil || errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), "no such device") {
		t.Error(err)
	}
	if got := listed(t, dir); len(got) != 4 {
		t.Errorf("listed %q", got)
	}
}

// alike are noise in which two names are one in JSON.
type alike struct{ torn }

func (d alike) Name(i int) string { return []string{"\xfe", "\xff", "2", "3", "4", "5"}[min(i, 5)] }

func TestOfTwoImagesListedUnderOneNameBothAreTried(t *testing.T) {
	d := alike{torn{noise{n: 6, seed: 1, bad: -1}, 1}} // the other one can be read
	u := unreadable{of: d, met: map[string]bool{}}
	u.takeOver([]Unreadable{{Name: "\ufffd"}, {Name: "2"}, {Name: "gone"}})
	pool := parallel.New(1)
	defer pool.Close()
	if got, err := u.stillBad(t.Context(), pool); err != nil || !slices.Equal(got, []string{"\ufffd", "gone"}) {
		t.Errorf("%q, %v", got, err)
	}
}

// An image leaves the list of a group once every process can read it.
func TestAGroupGoesOnOnceAllCanReadTheImages(t *testing.T) {
	root := t.TempDir()
	run := func(resume bool, bad ...int) []ended {
		return runGroup(t, root, 2, Options{}, func(rank int, k *Task, o *Options) {
			k.Data, o.Resume = torn{noise{n: 22, seed: 1, bad: -1}, bad[rank]}, resume
		})
	}
	run(false, 4, 4)
	for rank, e := range run(true, 0, 4) {
		if !errors.Is(e.err, ErrUnreadable) || e.Step != 0 {
			t.Errorf("rank %d goes on to update %d: %v", rank, e.Step, e.err)
		}
	}
	if got := listed(t, filepath.Join(root, "0")); len(got) != 4 {
		t.Errorf("listed %q", got)
	}
	mustEndAlike(t, run(true, 1, 2), 15)
	if got := listed(t, filepath.Join(root, "0")); !slices.Equal(got, []string{"image 0", "image 1"}) {
		t.Errorf("listed %q", got)
	}
	wroteNothing(t, root, 1)
}
