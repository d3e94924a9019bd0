package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train"
)

// names are the files of the working folder that begin with a word.
func names(t *testing.T, begin string) []string {
	t.Helper()
	found, err := filepath.Glob(begin + "*")
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestExportWritesEveryFormatWithItsCard(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "pretrain --preset demo --batch 4 --data shapes:train=8,test=8 --out run --max-steps 1 "+
		"--epochs 1 --set model.ndf=4 --set model.n_rkhs=16 --set model.n_depth=1")
	mustRun(t, "eval --model run --data shapes:train=8,test=8 --k 1 --probes 1 --refresh-batch 4")
	for _, line := range []string{
		"--out x.onnx", "--out x.pth", "--out x.safetensors", "--out MODEL_CARD.md",
		"--out x.any --format onnx --outputs f1,phi7 --no-card",
	} {
		out, _, err := execute(append([]string{"export", "--model", "run"}, strings.Fields(line)...)...)
		if err != nil {
			t.Fatalf("export %s: %v", line, err)
		}
		for path := range strings.Lines(out) {
			if info, err := os.Stat(strings.TrimSpace(path)); err != nil || info.Size() == 0 {
				t.Errorf("export %s: %v", line, err)
			}
		}
	}
	want := []string{"x.any", "x.onnx", "x.onnx.md", "x.pth", "x.pth.md", "x.safetensors", "x.safetensors.md"}
	if got := names(t, "x"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for path, words := range map[string][]string{
		"x.onnx": {"preprocessing", `{"size":32,"resize":0,"mean":[0.5,0.5,0.5]`, "f1", "f5", "f7",
			"shorter side has 128 pixels or more"},
		"x.any":         {"phi7"},
		"x.pth":         {"preprocessing", "hyperparams", "encoder.module.rkhs_block_7.bn_out.bn.running_var"},
		"x.safetensors": {"amdim.preprocessing", "phi7.bn.var"},
		"MODEL_CARD.md": {"# run\n", "32 × 32 pixels", "4 / 16 / 1",
			"shapes:train=8,test=8: 8 images", "| model | knn-1 |",
			"0.5, 0.5, 0.5", "Commands:\n\n    amdim ", "Licence"},
		"x.onnx.md": {"Goes with: `x.onnx`"},
	} {
		text := read(t, path)
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s lacks %q", path, word)
			}
		}
	}
	text := read(t, "x.safetensors")
	if strings.Contains(text, "#m") || strings.Contains(text, "linear.weight") {
		t.Error("the exported encoder has Adam's moments or classifiers")
	}
}

func TestExportForTheProjector(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 8 {
		put(t, filepath.Join("good", []string{"cat", "dog"}[i%2], string(rune('a'+i))+".png"), photo(t, 64, i))
	}
	mustRun(t, smallPhotos+"--data folder:good --out run --max-steps 1")
	mustRun(t, "embed --model run --data folder:good --out photos.npy")
	mustRun(t, "export --format projector --index photos.npy --out one")
	mustRun(t, "export --format projector --model run --data folder:good --out two")
	for _, name := range []string{"vectors.tsv", "metadata.tsv", "sprite.png", "projector_config.pbtxt"} {
		if read(t, filepath.Join("one", name)) != read(t, filepath.Join("two", name)) {
			t.Errorf("%s differs", name)
		}
	}
	if lines := strings.Count(read(t, "one/vectors.tsv"), "\n"); lines != 8 {
		t.Errorf("%d vectors", lines)
	}
	if left := names(t, "one/.amdim"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	for i := range shownUnreadable + 2 {
		put(t, filepath.Join("good", "cat", "torn"+string(rune('a'+i))+".png"), []byte("torn"))
	}
	line := "export --format projector --model run --data folder:good --out three"
	_, messages, err := execute(strings.Fields(line)...)
	want := "2 more cannot be read and are left out (amdim data check folder:good --json names them all)"
	if err != nil || !strings.Contains(messages, want) {
		t.Errorf("%v, %q, want %q", err, messages, want)
	}
}

func TestExportKeepsLinksAndPermissions(t *testing.T) {
	t.Chdir(t.TempDir())
	run := tiny("run", "--epochs", "1", "--max-steps", "1")
	if _, _, err := execute(run...); err != nil {
		t.Fatal(err)
	}
	put(t, "there.safetensors", nil)
	err := errors.Join(os.Chmod("there.safetensors", 0o600), os.Symlink("there.safetensors", "x.safetensors"))
	if err != nil {
		t.Skip(err)
	}
	mustRun(t, "export --model run --no-card --overwrite --out x.safetensors")
	if to, err := os.Readlink("x.safetensors"); to != "there.safetensors" {
		t.Errorf("the link leads to %q, %v", to, err)
	}
	info, err := os.Stat("there.safetensors")
	if err != nil || info.Size() == 0 || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v, want permissions 600", info, err)
	}
	if left := names(t, "."); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// The row of the ablations without penalty and clip is a network like any other.
func TestANetworkWithoutClipComesBack(t *testing.T) {
	dir := t.TempDir()
	run, file, back := filepath.Join(dir, "run"), filepath.Join(dir, "x.pth"), filepath.Join(dir, "back")
	for _, args := range [][]string{
		tiny(run, "--ablation", "no-stabilizers", "--max-steps", "1"),
		{"export", "--model", run, "--out", file},
		{"import", file, "--out", back},
	} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	meta, err := readMeta(train.CheckpointPath(back))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(meta.Config)
	if err != nil || c.Model.TClip != 0 {
		t.Errorf("tclip %g, %v", c.Model.TClip, err)
	}
}
