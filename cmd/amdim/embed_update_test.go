package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/internal/lock"
)

func updates(run, path string) []string { return []string{"embed", "--model", run, "--update", path} }

func TestAnUpdateIsWhatEmbeddingAllGives(t *testing.T) {
	run, dir, path := embedded(t)
	update := updates(run, path)
	files := func() (all []string) {
		for _, p := range embedding.Paths(path) {
			all = append(all, read(t, p))
		}
		return all
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	out, messages, err := execute(update...)
	if want := "12 images, 16 numbers each: " + path + " (as before)\n"; err != nil || out != want {
		t.Errorf("without changes: %v, %q, want %q", err, out, want)
	}
	if !strings.Contains(messages, `note: "torn.png" cannot be read`) {
		t.Errorf("messages %q", messages)
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(info, now) {
		t.Errorf("without changes the file was replaced, %v", err)
	}
	for from, to := range map[string]string{"p00.png": "p12.png", "p01.png": "p02.png"} {
		file := []byte(read(t, filepath.Join(dir, from)))
		if err := os.WriteFile(filepath.Join(dir, to), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "p03.png")); err != nil {
		t.Fatal(err)
	}
	out, _, err = execute(append(update, "--json")...)
	var r updateResult
	if err != nil || json.Unmarshal([]byte(out), &r) != nil || r.Rows != 12 ||
		r.Update != (amdim.Changes{Added: 1, Again: 1, Gone: 1, Kept: 10}) {
		t.Errorf("%v, %s", err, out)
	}
	got := files()
	_, _, err = execute("embed", "--model", run, "--data", "folder:"+dir, "--out", path, "--overwrite")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range files() {
		if got[i] != want {
			t.Errorf("%s differs from that of all images", embedding.Paths(path)[i])
		}
	}
}

func TestAnUpdateFindsImagesThatHaveMoved(t *testing.T) {
	run, dir, path := embedded(t)
	update := updates(run, path)
	moved := dir + "-moved"
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(moved) })
	_, _, err := execute(update...)
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "--data says") {
		t.Errorf("%v", err)
	}
	out, _, err := execute(append(update, "--data", "folder:"+moved)...)
	if err != nil || !strings.Contains(out, "(as before)") {
		t.Errorf("%v, %q", err, out)
	}
	if s, err := embedding.Load(path); err != nil || s.Model.Images != "folder:"+moved {
		t.Errorf("%+v, %v", s.Model, err)
	}
}

func TestAnUpdateRefusesWhatItCannotDo(t *testing.T) {
	run, dir, path := embedded(t)
	update := updates(run, path)
	held, err := embedding.Hold(path)
	if err != nil {
		t.Fatal(err)
	}
	anew := []string{"embed", "--model", run, "--data", "folder:" + dir, "--out", path, "--overwrite"}
	holds := lock.Files && runtime.GOOS != "windows"
	for _, args := range [][]string{update, anew} {
		_, _, err := execute(args...)
		if holds && (err == nil || !strings.Contains(err.Error(), "another process")) {
			t.Errorf("%q of a file that is held: %v", args, err)
		}
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "other.npy")
	s, err := embedding.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.Model.Checkpoint = "ab12"
	if err := s.Save(other); err != nil {
		t.Fatal(err)
	}
	again := "amdim embed --model " + run + " --data folder:" + dir + " --out " + other + " --overwrite"
	shapes := filepath.Join(t.TempDir(), "shapes.npy")
	mustRun(t, "embed --model "+run+" --split test --data "+fewShapes+" --out "+shapes)
	reembedded := "--data folder:" + dir + " --out " + shapes + " --overwrite --split test"
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{append(update, "--out", "x.npy"), exitUsage, "--update cannot be combined with --out"},
		{updates(run, other), exitFailure, again},
		{append(updates(run, path), "--data", fewShapes), exitFailure, "has none of the 12 images of " + path},
		{append(updates(run, shapes), "--data", "folder:"+dir), exitFailure, reembedded},
		{updates(run, "photos.jpg"), exitUsage, "must end in .npy"},
		{updates(run, path+".npy"), exitFailure, "no such file"},
	} {
		if _, _, err := execute(c.args...); exitCode(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, exit code %d, want %q, %d", c.args, err, exitCode(err), c.want, c.code)
		}
	}
}

func TestAnUpdateSaysWhatIsComputedAgain(t *testing.T) {
	run, dir, path := embedded(t)
	touch(t, filepath.Join(dir, "p00.png"), 1)
	out, messages, err := execute(append(updates(run, path), "--precision", "f32", "--engine", "ref")...)
	if err != nil || !strings.Contains(out, "(0 added, 1 computed again, 0 gone, 11 kept)") ||
		!strings.Contains(messages, "note: vectors that were kept are of another engine") {
		t.Errorf("by another engine: %v, %q, %q", err, out, messages)
	}
	both, err := embedding.Load(path)
	if err == nil {
		both, err = embedding.Join(both, both)
	}
	if err == nil {
		err = both.Save(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	out, _, err = execute(updates(run, path)...)
	if err != nil || !strings.Contains(out, "12 images") || !strings.Contains(out, "12 gone, 12 kept") {
		t.Errorf("of images that were there twice: %v, %q", err, out)
	}
	shapes := filepath.Join(t.TempDir(), "shapes.npy")
	mustRun(t, "embed --model "+run+" --split test --data "+fewShapes+" --out "+shapes)
	before := read(t, shapes)
	out, _, err = execute(updates(run, shapes)...)
	if err != nil || !strings.Contains(out, "0 added, 40 computed again, 0 gone, 0 kept") ||
		read(t, shapes) != before {
		t.Errorf("of images that are no files: %v, %q", err, out)
	}
}

func TestAnUpdateThatIsStoppedChangesNothing(t *testing.T) {
	run, dir, path := embedded(t)
	before := read(t, path)
	touch(t, filepath.Join(dir, "p00.png"), 1)
	root := rootCommand()
	root.SetArgs(updates(run, path))
	stopped, stop := context.WithCancel(t.Context())
	stop()
	err := root.ExecuteContext(stopped)
	if exitCode(err) != exitStopped || !strings.Contains(err.Error(), path+" is as it was") ||
		read(t, path) != before {
		t.Errorf("%v, exit code %d", err, exitCode(err))
	}
}
