package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

func TestAKeptClassifierGivesTheSameClasses(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	mustRun(t, "embed --data folder:photos --out photos.npy --model", run)
	mustRun(t, "classify --labelled folder:sorted --data folder:photos --keep-classifier kept.safetensors "+
		"--out learnt.csv --model", run)
	learnt := strings.SplitAfter(read(t, "learnt.csv"), "\n")
	for out, images := range map[string]string{
		"data.csv": "--data folder:photos", "index.csv": "--index photos.npy",
	} {
		said := mustRun(t, "classify --classifier kept.safetensors --out "+out+" "+images+" --model", run)
		if !strings.Contains(said, "2 classes learnt from 6 labelled images\ncross-validation on 6 of them") ||
			!strings.Contains(said, "9 images classified\n") {
			t.Errorf("%s: %s", images, said)
		}
		kept := strings.SplitAfter(read(t, out), "\n")
		for i, line := range learnt {
			switch same := kept[i] == line; {
			case strings.HasPrefix(line, "labelled.png,"):
				if same || !strings.HasPrefix(kept[i], "labelled.png,light,") || !strings.HasSuffix(kept[i], ",false\n") {
					t.Errorf("%s: what is not known to be labelled: %q", out, kept[i])
				}
			case !same:
				t.Errorf("%s: %q, want %q", out, kept[i], line)
			}
		}
	}
}

func TestClassesAreLearntWithoutImagesToClassify(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	said := mustRun(t, "classify --labelled folder:sorted --keep-classifier kept.safetensors --model", run)
	if !strings.Contains(said, "2 classes learnt from 6") || strings.Contains(said, "classified") {
		t.Errorf("%s", said)
	}
	said = mustRun(t, "classify --labelled folder:sorted --keep-classifier kept.safetensors --overwrite --json "+
		"--model", run)
	var r classification
	err := json.Unmarshal([]byte(said), &r)
	if err != nil || r.LearntFrom != 6 || r.Images == nil || len(r.Images) > 0 || r.Unreadable == nil {
		t.Errorf("%v, %s", err, said)
	}
	said = mustRun(t, "classify --classifier kept.safetensors --json photos/d0.png --model", run)
	if !strings.Contains(said, `"unreadable_labelled": []`) {
		t.Errorf("nothing was labelled, and nothing of it is no list: %s", said)
	}
}

func TestServeTakesAKeptClassifier(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	mustRun(t, "classify --labelled folder:sorted --keep-classifier kept.safetensors --model", run)
	url, said, stop := served(t, "--model", run, "--classifier", filepath.Join(".", "kept.safetensors"))
	if !strings.Contains(said, "2 classes learnt from 6 labelled images") {
		t.Errorf("%s", said)
	}
	r, err := http.Post(url+"/v1/classify", "image/png", bytes.NewReader(shade(t, true, 5)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	var answer struct {
		Images []struct{ Classes []struct{ Class string } }
	}
	err = json.NewDecoder(r.Body).Decode(&answer)
	if err != nil || answer.Images[0].Classes[0].Class != "light" {
		t.Errorf("%v, %+v", err, answer)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
