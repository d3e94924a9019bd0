package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/train"
)

// tiles is a picture of w×h pixels in 6×6 random colours.
func tiles(seed uint64, w, h int) image.Image {
	stream := rng.New(seed, 0, 0, rng.Generate)
	var colours [36]color.NRGBA
	for i := range colours {
		c := stream.Uint32()
		colours[i] = color.NRGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), 255}
	}
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		x, y := i%w, i/w
		m.SetNRGBA(x, y, colours[y*6/h*6+x*6/w])
	}
	return m
}

// leaky writes 40 pictures to learn from and 4 that are held out; train/cat/0 to 2
// are copies of the latter, resized, in JPEG and exact; train/dog/19 is one of
// train/cat/10.
func leaky(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, m image.Image) {
		var b bytes.Buffer
		var err error
		if strings.HasSuffix(name, ".jpg") {
			err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 50})
		} else {
			err = png.Encode(&b, m)
		}
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, filepath.FromSlash(name)), b.Bytes())
	}
	for i := range 40 {
		name := fmt.Sprintf("train/%s/%02d.png", []string{"cat", "dog"}[i/20], i%20)
		seed, w, h := uint64(10+i), 72, 64
		switch i {
		case 0:
			seed, w, h = 0, 100, 80
		case 1:
			seed, name = 1, "train/cat/01.jpg"
		case 2:
			seed = 2
		case 39:
			seed, w = 20, 64
		}
		write(name, tiles(seed, w, h))
	}
	for i := range 4 {
		write(fmt.Sprintf("test/%s/%d.png", []string{"cat", "dog"}[i%2], i), tiles(uint64(i), 72, 64))
	}
	return "folder:" + dir
}

// leftOut are the images of a list, each with what it is a copy of.
func leftOut(t *testing.T, path string) string {
	t.Helper()
	q, err := data.ReadQuarantine(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, l := range q.Left {
		lines = append(lines, fmt.Sprintf("%s: %s of %s", l.Name, l.Reason, l.Of))
	}
	return strings.Join(lines, "\n")
}

func TestDataCheckFindsWhatLeaksAndPretrainLeavesItOut(t *testing.T) {
	spec, dir := leaky(t), t.TempDir()
	list, run := filepath.Join(dir, "list.json"), filepath.Join(dir, "run")
	out, messages, err := execute("data", "check", spec, "--quarantine", list)
	if err != nil {
		t.Fatal(err)
	}
	flat := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{
		"copies 1 (2.3 %)", "near copies 3 (6.8 %)", "overlap 3 (75.0 %) of the held-out images have a copy",
		"test/cat/0.png ≈ train/cat/00.png", "--quarantine " + list,
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	checkWidth(t, "leaky", strings.ReplaceAll(out, list, "folder:"))
	if !strings.Contains(messages, list+": leaves 4 images of 40 out of training") {
		t.Errorf("messages %q", messages)
	}
	want := `train/cat/00.png: near duplicate of test/cat/0.png
train/cat/01.jpg: near duplicate of test/dog/1.png
train/cat/02.png: exact copy of test/cat/2.png
train/dog/19.png: near duplicate of train/cat/10.png`
	if got := leftOut(t, list); got != want {
		t.Errorf("the list has\n%s\nwant\n%s", got, want)
	}

	line := strings.Fields(smallPhotos + "--max-steps 3 --out " + run)
	_, messages, err = execute(append(line, "--data", spec, "--quarantine", list)...)
	if err != nil || !strings.Contains(messages, "on 36 images of folder:") {
		t.Fatalf("%v, %q", err, messages)
	}
	out, _, err = execute("inspect", run)
	if err != nil || !strings.Contains(out, "36 images, 2 classes, 4 more left out by a quarantine list") {
		t.Errorf("inspect: %v\n%s", err, out)
	}
	if err := os.Remove(list); err != nil { // the run has its own
		t.Fatal(err)
	}
	mustRun(t, "pretrain --resume --max-steps 5 --out "+run)
	for _, spelled := range []string{spec, spec + "/"} {
		line := strings.Fields("eval --protocol knn --k 3 --no-baselines --model " + run)
		out, _, err = execute(append(line, "--data", spelled)...)
		note := "Pretraining left out 4 images by a quarantine list"
		if err != nil || !strings.Contains(strings.Join(strings.Fields(out), " "), note) {
			t.Errorf("%s: no note on the copies: %v\n%s", spelled, err, out)
		}
	}
	changeList(t, run)
}

func TestNegativesAreWithoutWhatTheListLeavesOut(t *testing.T) {
	spec, dir := leaky(t), t.TempDir()
	list, run, out := filepath.Join(dir, "list.json"), filepath.Join(dir, "run"), filepath.Join(dir, "out")
	mustRun(t, "data check "+spec+" --quarantine "+list)
	mustRun(t, smallPhotos+"--mix-k 3 --epochs 1 --max-steps 2 --data "+spec+" --quarantine "+list+" --out "+run)
	mustRun(t, "eval --protocol segmentation --no-baselines --images 1 --data "+fewShapes+" --model "+run)
	r, err := eval.ReadSegmented([]byte(read(t, train.SegmentationPath(run))))
	if err != nil || r.Negatives.Images != 36 || r.Negatives.Data != spec {
		t.Errorf("negatives %+v, %v", r.Negatives, err)
	}
	if err := os.Rename(train.QuarantinePath(run), list); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(run))); err != nil {
		t.Fatal(err)
	}
	segment := []string{"segment", "--model", run, "--out", out, "--data", spec, "--split", "test"}
	_, _, err = execute(segment...)
	if err == nil || !strings.Contains(err.Error(), train.QuarantinePath(run)) ||
		!strings.Contains(err.Error(), "--negatives") {
		t.Errorf("without the list: %v", err)
	}
	if _, _, err := execute(append(segment, "--negatives", spec)...); err != nil {
		t.Errorf("of images that are named: %v", err)
	}
}

// changeList: a run goes on with the list that it began with alone.
func changeList(t *testing.T, run string) {
	t.Helper()
	path := train.QuarantinePath(run)
	text := read(t, path)
	shorter := strings.Replace(text, "\n  "+strings.Split(text, "\n  ")[1], "", 1)
	put(t, path, []byte(shorter))
	_, _, err := execute("pretrain", "--resume", "--out", run)
	if err == nil || !strings.Contains(err.Error(), "36 images beside 4 left out") ||
		!strings.Contains(err.Error(), "37 images beside 3 left out") {
		t.Errorf("another list: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, _, err = execute("pretrain", "--resume", "--out", run)
	if err == nil || !strings.Contains(err.Error(), "leaves out 4 images by a list") ||
		!strings.Contains(err.Error(), "name the list with --quarantine FILE") {
		t.Errorf("no list: %v", err)
	}
	put(t, path+".kept", []byte(text))
	mustRun(t, "pretrain --resume --max-steps 6 --out "+run+" --quarantine "+path+".kept")
}

func TestDataCheckPrintsNearDuplicatesAsJSON(t *testing.T) {
	out, _, err := execute("data", "check", leaky(t), "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Overlap int
		Near    []struct {
			Name         string
			Copies       []struct{ Name string }
			SplitsDiffer bool `json:"splits_differ"`
		} `json:"near_duplicates"`
		Notes []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Overlap != 3 || len(got.Near) != 3 || got.Near[0].Name != "test/cat/0.png" ||
		got.Near[0].Copies[0].Name != "train/cat/00.png" || !got.Near[0].SplitsDiffer || got.Near[2].SplitsDiffer ||
		!strings.Contains(strings.Join(got.Notes, "\n"), "3 held-out images have a copy") {
		t.Errorf("%+v", got)
	}
}

// Where most images are copies, or accuracy would be of images learnt from, the next
// commands leave the copies out; where few are, they are as ever.
func TestDataCheckAdvisesToLeaveCopiesOut(t *testing.T) {
	check, batch2 := " --quarantine copies.json\n", "--quarantine copies.json --batch 2"
	for _, c := range []struct {
		name  string
		files map[string]uint64 // by name: its picture
		want  []string
		not   string
	}{
		{"three pictures", repeated("%02d.png", 60, 3),
			[]string{"57 of 60 images to learn from are copies, exact or near: the", check, batch2}, "guess"},
		{"one picture", repeated("%02d.png", 8, 1),
			[]string{"7 of 8 images to learn from are copies", "One image has nothing", check}, "pretrain --preset"},
		{"all leak", merged(repeated("train/a/%02d.png", 20, 20), repeated("train/b/x%02d.png", 20, 20),
			repeated("test/a/%02d.png", 20, 20), repeated("test/b/%02d.png", 20, 20)),
			[]string{"40 of 40 images", "No image is left to learn from", check}, "pretrain --preset"},
		{"one leaks", merged(repeated("train/a/%02d.png", 20, 20), map[string]uint64{
			"train/b/1.png": 50, "train/b/2.png": 51, "test/a/1.png": 1, "test/b/1.png": 60}),
			[]string{"1 of 22 images to learn from is a copy", "leave it out", "1 held-out image has a copy", check,
				"--quarantine copies.json --batch 16"}, "Run this again"},
		{"few copies", repeated("%02d.png", 30, 16), []string{"copies 14 (46.7 %)"}, "--quarantine"},
	} {
		dir := t.TempDir()
		for name, seed := range c.files {
			var b bytes.Buffer
			if err := png.Encode(&b, tiles(seed, 64, 64)); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(dir, name), b.Bytes())
		}
		out, _, err := execute("data", "check", "folder:"+dir)
		if err != nil {
			t.Fatal(err)
		}
		checkWidth(t, c.name, out)
		flat := strings.Join(strings.Fields(strings.ReplaceAll(out, "\\\n", "")), " ")
		for _, want := range c.want {
			if !strings.Contains(flat, want) && !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, out)
			}
		}
		if strings.Contains(flat, c.not) {
			t.Errorf("%s: %q in\n%s", c.name, c.not, out)
		}
	}
}

// repeated names n files, of so many different pictures.
func repeated(pattern string, n, different int) map[string]uint64 {
	files := map[string]uint64{}
	for i := range n {
		files[fmt.Sprintf(pattern, i)] = uint64(i % different)
	}
	return files
}

func merged(all ...map[string]uint64) map[string]uint64 {
	files := map[string]uint64{}
	for _, a := range all {
		maps.Copy(files, a)
	}
	return files
}
