package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
)

func TestPretrainPreparesAMixtureToSegment(t *testing.T) {
	parts, kept := t.TempDir(), ""
	for i, args := range [][]string{
		tiny(parts, "--mix-k", "3", "--epochs", "1", "--max-steps", "2"),
		{"pretrain", "--resume", "--out", parts, "--max-steps", "9"},
		{"pretrain", "--resume", "--out", parts},
	} {
		_, messages, err := execute(args...)
		if err != nil {
			t.Fatal(err)
		}
		file := train.NegativesPath(train.CheckpointPath(parts))
		if said := strings.Contains(messages, "collecting locations of images of shapes"); said != (i > 0) {
			t.Errorf("call %d says %q", i, messages)
		}
		if _, err := os.Stat(file); (err == nil) != (i > 0) {
			t.Errorf("call %d: %v", i, err)
		}
		if i == 0 {
			continue
		}
		if text := read(t, file); kept == "" {
			kept = text
		} else if kept != text {
			t.Error("a finished run that is resumed has other negatives")
		}
	}
	out := filepath.Join(t.TempDir(), "mix.safetensors")
	text, _, err := execute("export", "--model", parts, "--out", out)
	beside := train.NegativesPath(out)
	if err != nil || !strings.Contains(text, beside+"\n") || read(t, beside) != kept {
		t.Errorf("export: %v, %q", err, text)
	}
	if card := read(t, out+".md"); !strings.Contains(card, "`mix.safetensors` `mix.negatives.safetensors`") ||
		!strings.Contains(card, "| mixture | k = ") {
		t.Errorf("the card does not tell of mixture and negatives:\n%s", card)
	}
	for _, ending := range []string{".pth", ".onnx"} {
		out, want := filepath.Join(t.TempDir(), "mix"+ending), ending+" holds the encoder without its mixture"
		_, messages, err := execute("export", "--model", parts, "--no-card", "--out", out)
		if err != nil || !strings.Contains(messages, want) {
			t.Errorf("export to %s: %v, %q", ending, err, messages)
		}
	}
	dir := pictures(t, 1)
	_, messages, err := execute("segment", "--model", out, "--out", dir, filepath.Join(dir, "p00.png"))
	if err != nil || strings.Contains(messages, "reading") {
		t.Errorf("exported: %v, %q", err, messages)
	}
}

// A run that has gone on since it was segmented has negatives of earlier weights.
func TestExportLeavesNegativesOfOtherWeightsOut(t *testing.T) {
	dir := t.TempDir()
	whole, part := filepath.Join(dir, "whole"), filepath.Join(dir, "part")
	out := filepath.Join(dir, "x.safetensors")
	for _, args := range [][]string{
		tiny(whole, "--mix-k", "3", "--epochs", "1"),
		tiny(part, "--mix-k", "3", "--epochs", "1", "--max-steps", "1"),
	} {
		if _, _, err := execute(args...); err != nil {
			t.Fatal(err)
		}
	}
	stale := train.NegativesPath(train.CheckpointPath(part))
	put(t, stale, []byte(read(t, train.NegativesPath(train.CheckpointPath(whole)))))
	text, messages, err := execute("export", "--model", part, "--no-card", "--out", out)
	if want := stale + " belongs to other weights; amdim segment --model "; err != nil || text != out+"\n" ||
		!strings.Contains(messages, want) {
		t.Errorf("%v, %q, %q, want %q", err, text, messages, want)
	}
	image := filepath.Join(pictures(t, 1), "p00.png")
	for _, reads := range []bool{true, false} { // the first call keeps what it learns
		_, messages, err := execute("segment", "--model", part, "--overwrite", "--out", dir, image)
		if err != nil || strings.Contains(messages, "reading locations of images of shapes") != reads {
			t.Errorf("%v, %q, want that images are read: %t", err, messages, reads)
		}
	}
}

func TestWhyLocationsAreNotKeptIsSaid(t *testing.T) {
	dir, run := pictures(t, 6), filepath.Join(t.TempDir(), "run")
	mustRun(t, smallPhotos+"--mix-k 3 --epochs 1 --data folder:"+dir+" --out "+run)
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(run))); err != nil {
		t.Fatal(err)
	}
	more := read(t, filepath.Join(dir, "p00.png"))
	put(t, filepath.Join(dir, "more.png"), []byte(more))
	want := "note: the locations to score against are not kept: folder:" + dir + " holds other images than"
	for _, args := range [][]string{
		{"segment", "--model", run, "--out", t.TempDir(), filepath.Join(dir, "p00.png")},
		{"eval", "--model", run, "--protocol", "segmentation", "--data", "shapes:test=2", "--no-baselines"},
	} {
		if _, messages, err := execute(args...); err != nil || !strings.Contains(messages, want) {
			t.Errorf("%s: %v, %q, want %q", args[0], err, messages, want)
		}
	}
}
