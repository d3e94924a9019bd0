package train

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
)

// without is tinyTask without some images, by a list in a file.
func without(t *testing.T, left ...int) Task {
	t.Helper()
	task := tinyTask(t, 1)
	q := data.Quarantine{Spec: "noise", Digest: task.Data.Digest(), Images: task.Data.Len()}
	for _, i := range left {
		q.Left = append(q.Left, data.LeftOut{Index: i, Name: fmt.Sprintf("image %d", i), Reason: data.ExactCopy})
	}
	path := filepath.Join(t.TempDir(), "list.json")
	if err := os.WriteFile(path, q.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := task.LeaveOut(path); err != nil {
		t.Fatal(err)
	}
	return task
}

func TestRunKeepsItsListAndGoesOnWithIt(t *testing.T) {
	whole, parts := t.TempDir(), t.TempDir()
	mustRun(t, without(t, 3, 20), Options{Out: whole})
	mustRun(t, without(t, 3, 20), Options{Out: parts, MaxSteps: 7})
	again := tinyTask(t, 1)
	if err := again.LeaveOut(QuarantinePath(parts)); err != nil {
		t.Fatal(err)
	}
	mustRun(t, again, Options{Out: parts, Resume: true})
	if mustRead(t, CheckpointPath(whole)) != mustRead(t, CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
	c, err := checkpoint.Open(CheckpointPath(parts))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if m, err := c.Run(); err != nil || m.Data.Images != 20 || m.Data.Quarantined != 2 {
		t.Errorf("%+v, %v", m.Data, err)
	}
	mustRun(t, tinyTask(t, 1), Options{Out: parts, Overwrite: true, MaxSteps: 1})
	if _, err := os.Stat(QuarantinePath(parts)); err == nil {
		t.Error("the list outlived its run")
	}
}

func TestRunRefusesAnotherList(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, without(t, 3, 20), Options{Out: dir, MaxSteps: 3})
	kept := mustRead(t, QuarantinePath(dir))
	resume := Options{Out: dir, Resume: true}
	refuses(t, "no list", dir, tinyTask(t, 1), resume,
		"it learns from noise (20 images beside 2 left out by a quarantine list, digest")
	refuses(t, "one more", dir, without(t, 3, 4, 20), resume, "not from noise (19 images beside 3 left out")
	refuses(t, "another", dir, without(t, 4, 20), resume, "not from noise (20 images beside 2 left out")
	if mustRead(t, QuarantinePath(dir)) != kept {
		t.Error("the list of the run was changed")
	}
	task := tinyTask(t, 1)
	task.Data = noise{22, 2, -1}
	err := task.LeaveOut(QuarantinePath(dir))
	const want = "quarantine.json: data: the quarantine list was made for noise"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("other data: %v", err)
	}
}
