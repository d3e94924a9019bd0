package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/internal/shell"
)

// filesIn are all files of a folder.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		all[e.Name()] = read(t, filepath.Join(dir, e.Name()))
	}
	return all
}

// The folder may be named by a script that others feed.
func TestDataPackNotesNoEscapeSequences(t *testing.T) {
	var messages strings.Builder
	c := &cobra.Command{}
	c.SetOut(io.Discard)
	c.SetErr(&messages)
	bad := []pack.Part{{Unreadable: []pack.Unreadable{{Name: "a.png"}}}}
	err := (&dataPack{out: "pack\x1b[2J"}).report(c, "", &pack.Manifest{Splits: bad})
	if said := messages.String(); err != nil || strings.Contains(said, "\x1b") ||
		!strings.Contains(said, `note: pack.json in pack\x1b[2J names`) {
		t.Errorf("%v, said %q", err, said)
	}
}

func TestDataPackSaysWhatWasPacked(t *testing.T) {
	names := append(numbered("cat/", 40), numbered("dog/", 40)...)
	folder := photoFolder(t, append(names, "dog/x.png!")...)
	dir := filepath.Join(t.TempDir(), "my pack")
	out, messages, err := execute("data", "pack", "folder:"+folder, "--out", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"train ", "test ", "1 cannot be read, the first, dog/x.png: no image"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, want := range []string{"note: pack.json",
		"next: amdim pretrain --preset photos-tiny --data 'packed:" + dir + "' --out runs/photos-tiny"} {
		if !strings.Contains(messages, want) {
			t.Errorf("no %q in\n%s", want, messages)
		}
	}
	out, _, err = execute("data", "check", "packed:"+dir, "--json")
	var got struct {
		Images, Readable int
		Unreadable       []struct{ Name string }
	}
	if err != nil || json.Unmarshal([]byte(out), &got) != nil || got.Images != 81 || got.Readable != 80 ||
		len(got.Unreadable) != 1 || got.Unreadable[0].Name != "dog/x.png" {
		t.Errorf("%v, %+v", err, got)
	}
	if again, _, err := execute("data", "pack", "folder:"+folder, "--out", dir); err != nil || again == "" {
		t.Errorf("again: %v, %q", err, again)
	}
}

// The command that is next can be run as it is, and needs images.
func TestDataPackNamesAPresetForItsImages(t *testing.T) {
	for spec, want := range map[string]string{
		"shapes:train=20,test=2": " --preset demo --data packed:PACK --out runs/demo --batch 16\n",
		"folder:" + photoFolder(t, numbered("", 40)...): " --preset photos-tiny --data packed:PACK " +
			"--out runs/photos-tiny --batch 16\n",
		"shapes:train=1,test=2": "",
	} {
		made := filepath.Join(t.TempDir(), "pack")
		_, messages, err := execute("data", "pack", spec, "--out", made)
		next := strings.ReplaceAll(want, "packed:PACK", shell.Quote("packed:"+made))
		if err != nil || !strings.HasSuffix(messages, next) || want == "" && strings.Contains(messages, "next") {
			t.Errorf("%s: %v, %q, want %q", spec, err, messages, next)
		}
	}
}

// A pack cannot be sorted into folders: what it was made of can.
func TestAPackWithoutClassesIsPackedAnew(t *testing.T) {
	made := filepath.Join(t.TempDir(), "pack")
	mustRun(t, "data pack --out "+made, "folder:"+photoFolder(t, numbered("", 40)...))
	for _, line := range []string{
		"eval --data packed:" + made, "classify --out - --data shapes --labelled packed:" + made,
	} {
		_, _, err := execute(append(strings.Fields(line), "--model", tinyRun(t))...)
		const want = "no classes to tell apart: pack a folder that has classes"
		if err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// The numbers in the help are those of the presets.
func TestDataPackNamesTheSidesOfThePresets(t *testing.T) {
	for preset, want := range map[string]int{
		"photos-tiny": 140, "photos-small": 140, "stl10": 140,
		"imagenet-small": 292, "imagenet-medium": 292, "imagenet-large": 292,
	} {
		c, err := config.Preset(preset)
		if err != nil || c.Augment.Source() != want {
			t.Errorf("%s: %d, %v, the help says %d", preset, c.Augment.Source(), err, want)
		}
	}
}

// Pretraining from a pack is pretraining from the folder: the same losses.
func TestPretrainFromAPackIsThatFromTheFolder(t *testing.T) {
	names := append(numbered("cat/", 12), numbered("dog/", 12)...)
	folder := "folder:" + photoFolder(t, append(names, "a/x.png!")...)
	dir := t.TempDir()
	mustRun(t, "data pack --side 140 --out "+filepath.Join(dir, "pack"), folder)
	var losses [2][]float64
	for i, spec := range []string{folder, "packed:" + filepath.Join(dir, "pack")} {
		run := filepath.Join(dir, string(rune('a'+i)))
		mustRun(t, smallPhotos+"--log-steps 1 --max-steps 5 --quiet", "--data", spec, "--out", run)
		for _, r := range withoutClock(t, run) {
			losses[i] = append(losses[i], r.Loss, r.GradNorm)
		}
	}
	if len(losses[0]) < 4 || !bytes.Equal(mustJSON(t, losses[0]), mustJSON(t, losses[1])) {
		t.Errorf("losses %v from the folder, %v from the pack", losses[0], losses[1])
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKilledPackingGoesOnToTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a process")
	}
	const spec = "shapes:train=1000,test=40"
	whole, killed := filepath.Join(t.TempDir(), "pack"), filepath.Join(t.TempDir(), "pack")
	mustRun(t, "data pack --out", whole, spec)
	var messages bytes.Buffer
	c := process(t, &messages, "data", "pack", spec, "--out", killed)
	done := wait(c)
	for begun := false; !begun; {
		_, err := os.Stat(filepath.Join(killed, "train.images.npy"))
		select {
		case <-done:
			begun = true
		case <-time.After(time.Millisecond):
			begun = err == nil
		}
	}
	c.Process.Kill()
	<-done
	mustRun(t, "data pack --threads 1 --out", killed, spec)
	if !maps.Equal(filesIn(t, whole), filesIn(t, killed)) {
		t.Errorf("other bytes; messages %s", &messages)
	}
}

func TestDataPackFailsWithOneLine(t *testing.T) {
	torn := photoFolder(t, append(numbered("", 10), "a.png!", "b.png!", "c.png!", "d.png!")...)
	dir := t.TempDir()
	put(t, filepath.Join(dir, "taken", "letter.txt"), nil)
	for _, c := range []struct {
		args string
		want string
		code int
	}{
		{"", "takes one SPEC", exitUsage},
		{"shapes", "--out is missing", exitUsage},
		{"shapes --out x --side=-1", "--side -1", exitUsage},
		{"shapes --out x --threads=-1", "--threads -1", exitUsage},
		{"shapes --out x --max-unreadable 2", "--max-unreadable 2", exitUsage},
		{"folder:" + dir + "/none --out " + dir + "/x", "none", exitFailure},
		{"shapes:train=4,test=2 --out " + dir + "/taken", "taken holds letter.txt", exitFailure},
		{"folder:" + torn + " --out " + dir + "/torn", "data check folder:", exitFailure},
	} {
		out, _, err := execute(append([]string{"data", "pack"}, strings.Fields(c.args)...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") ||
			exitCode(err) != c.code || out != "" {
			t.Errorf("data pack %s: %v (exit %d), want %q; stdout %q", c.args, err, exitCode(err), c.want, out)
		}
	}
}
