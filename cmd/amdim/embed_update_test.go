package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

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
		r.Update != (changes{1, 1, 1, 10}) {
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
	if _, _, err := execute(update...); err == nil || !strings.Contains(err.Error(), dir) {
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
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{append(update, "--out", "x.npy"), exitUsage, "--update cannot be combined with --out"},
		{[]string{"embed", "--model", run, "--update", other}, exitFailure, again},
		{[]string{"embed", "--model", run, "--update", "photos.jpg"}, exitUsage, "must end in .npy"},
		{[]string{"embed", "--model", run, "--update", path + ".npy"}, exitFailure, "no such file"},
	} {
		if _, _, err := execute(c.args...); exitCode(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, exit code %d, want %q, %d", c.args, err, exitCode(err), c.want, c.code)
		}
	}
}
