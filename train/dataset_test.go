package train

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
)

// own is noise as a user's data set may have it: what it does for an image is up to a test.
type own struct {
	noise
	image func(i int) (tensor.Image, error)
}

func (d own) Image(i int) (tensor.Image, error) { return d.image(i) }

// ownTask is a tinyTask of the images of a test; sound are those that learn.
func ownTask(t *testing.T, image func(i int, sound noise) (tensor.Image, error)) Task {
	task := tinyTask(t, 1)
	sound := task.Data.(noise)
	task.Data = own{sound, func(i int) (tensor.Image, error) { return image(i, sound) }}
	return task
}

// A service goes on, and has the checkpoint of the last update.
func TestAPanicOfTheDataSetStopsTheRunWithACheckpoint(t *testing.T) {
	dir := t.TempDir()
	task := ownTask(t, func(i int, sound noise) (tensor.Image, error) {
		if i == 13 {
			panic("the connection is gone")
		}
		return sound.Image(i)
	})
	r, err := Run(t.Context(), task, Options{Out: dir})
	var of *data.PanicError
	if !errors.As(err, &of) || of.Image != 13 || of.Value != "the connection is gone" {
		t.Fatal(err)
	}
	if strings.Contains(err.Error(), "\n") || metaOf(t, dir).Step != r.Step {
		t.Errorf("%v; the checkpoint holds update %d, the run made %d", err, metaOf(t, dir).Step, r.Step)
	}
}

func TestWhatIsNoImageIsListedAsUnreadable(t *testing.T) {
	dir := t.TempDir()
	task := ownTask(t, func(i int, sound noise) (tensor.Image, error) {
		img, err := sound.Image(i)
		if i == 13 {
			img.Pix = img.Pix[:len(img.Pix)-1]
		}
		return img, err
	})
	mustRun(t, task, Options{Out: dir})
	list, err := ReadUnreadable(UnreadablePath(dir))
	if err != nil || len(list) != 1 || list[0].Name != "image 13" ||
		!strings.Contains(list[0].Error, "3071 bytes") {
		t.Errorf("listed %+v, %v", list, err)
	}
}

// digested counts how often its digest is asked for.
type digested struct {
	noise
	times *atomic.Int64
}

func (d digested) Digest() string {
	d.times.Add(1)
	return d.noise.Digest()
}

// A digest that reads all images would hold up every checkpoint.
func TestTheDigestOfTheDataIsComputedOnce(t *testing.T) {
	dir, task := t.TempDir(), tinyTask(t, 1)
	var times atomic.Int64
	task.Data = digested{task.Data.(noise), &times}
	o := Options{Out: dir, CheckpointSteps: 1, KeepEpochs: []int{1}, MaxSteps: 6}
	for _, resume := range []bool{false, true} {
		times.Store(0)
		o.Resume = resume
		mustRun(t, task, o)
		if n := times.Load(); n != 1 {
			t.Errorf("resume %t: computed %d times", resume, n)
		}
	}
	if m := metaOf(t, dir); m.Data.Digest != task.Data.Digest() {
		t.Errorf("the checkpoint has %q", m.Data.Digest)
	}
}

// Any other images without one would be taken for those of the run.
func TestAnEmptyDigestIsRefused(t *testing.T) {
	dir, task := t.TempDir(), tinyTask(t, 1)
	task.Data = nameless{task.Data.(noise)}
	const want = "train: Task.Data has an empty Digest: give it"
	refuses(t, "a run", dir, task, Options{Out: dir}, want)
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it wrote %v, %v", left, err)
	}
	list := data.Quarantine{Images: 22, Left: []data.LeftOut{{Index: 3, Name: "image 3", Reason: data.Damaged}}}
	path := filepath.Join(dir, "list.json")
	if err := os.WriteFile(path, list.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := task.LeaveOut(path); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	refuses(t, "without the images of a list", other, task, Options{Out: other}, want)
}

// nameless has the digest that a method in progress returns.
type nameless struct{ noise }

func (nameless) Digest() string { return "" }
