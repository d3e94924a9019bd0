package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/classify"
	"github.com/amdim/amdim/engine/ref"
)

// shade is a picture of one colour: dark or bright, never twice the same.
func shade(t *testing.T, bright bool, seed int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 40))
	v := uint8(10 + 12*seed)
	if bright {
		v = uint8(240 - 12*seed)
	}
	for i := range 40 * 40 {
		img.Set(i%40, i/40, color.Gray{v})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shades are six labelled pictures and eight without a label, in the current folder.
func shades(t *testing.T) {
	t.Helper()
	for i := range 3 {
		put(t, fmt.Sprintf("sorted/dark/%d.png", i), shade(t, false, i))
		put(t, fmt.Sprintf("sorted/light/%d.png", i), shade(t, true, i))
	}
	for i := range 4 {
		put(t, fmt.Sprintf("photos/d%d.png", i), shade(t, false, 3+i))
		put(t, fmt.Sprintf("photos/l%d.png", i), shade(t, true, 3+i))
	}
	put(t, "photos/labelled.png", shade(t, true, 0)) // a copy of sorted/light/0.png
	put(t, "photos/torn.png", []byte("torn"))
	put(t, "sorted/dark/torn.png", []byte("torn"))
	put(t, "sorted/grey/torn.png", []byte("torn"))
}

func TestClassifyNamesTheClassOfEachImage(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	args := []string{"classify", "--model", run, "--labelled", "folder:sorted", "--data", "folder:photos"}
	out, messages, err := execute(append(args, "--out", "classes.csv", "--sheet", "classes.png")...)
	if err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	for _, want := range []string{
		"2 classes learnt from 6 labelled images", "cross-validation on 6 of them: 100.0 % right",
		"8 images classified; 1 among the labelled ones keep their class", "dark        4 ", "light        4 ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, out)
		}
	}
	for _, want := range []string{
		"of folder:sorted:\nnote: \"dark/torn.png\" cannot be read", "note: class \"grey\" is left out",
		"of folder:photos:\nnote: \"torn.png\" cannot be read", "classes: classes.csv\nsheet: classes.png",
	} {
		if !strings.Contains(messages, want) {
			t.Errorf("stderr lacks %q:\n%s", want, messages)
		}
	}
	lines, err := csv.NewReader(strings.NewReader(read(t, "classes.csv"))).ReadAll()
	if err != nil || len(lines) != 10 {
		t.Fatalf("%v, %q", err, lines)
	}
	want := []string{"image", "class", "probability", "second", "second_probability", "labelled"}
	if !slices.Equal(lines[0], want) {
		t.Errorf("heading %q", lines[0])
	}
	if l := lines[9]; !slices.Equal(l, []string{"labelled.png", "light", "1.0000", "", "0.0000", "true"}) {
		t.Errorf("a labelled image: %q", l)
	}
	least := lines[1]
	for _, l := range lines[1:9] {
		want := map[byte]string{'d': "dark", 'l': "light"}[l[0][0]]
		if l[1] != want || l[3] == want || l[2] <= l[4] {
			t.Errorf("%q", l)
		}
		if l[2] < least[2] {
			least = l
		}
	}
	_, listed, _ := strings.Cut(out, "least certain:\n")
	if first, _, _ := strings.Cut(listed, "\n"); !strings.HasSuffix(first, "  "+least[0]) {
		t.Errorf("the least certain is %q, the first listed %q", least, first)
	}
	if _, err := png.Decode(strings.NewReader(read(t, "classes.png"))); err != nil {
		t.Error(err)
	}
	_, _, err = execute(append(args, "--out", "classes.csv")...)
	if err == nil || !strings.Contains(told(err), "--overwrite") {
		t.Errorf("a file that is there: %v", err)
	}
}

// From vectors on disk comes what comes from the images.
func TestClassifyTakesAnIndex(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	mustRun(t, "embed --data folder:photos --out photos.npy --model", run)
	args := []string{"classify", "--model", run, "--labelled", "folder:sorted", "--out"}
	for out, images := range map[string][]string{
		"data.csv": {"--data", "folder:photos"}, "index.csv": {"--index", "photos.npy", "--sheet", "index.html"},
	} {
		if _, _, err := execute(append(append(args, out), images...)...); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, "index.csv") != read(t, "data.csv") || !strings.Contains(read(t, "index.html"), "<img") {
		t.Errorf("by the index:\n%s\nby the images:\n%s", read(t, "index.csv"), read(t, "data.csv"))
	}
}

func TestClassifyPrintsCSVOrJSON(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	args := []string{
		"classify", "--model", run, "--labelled", "folder:sorted", "photos/l0.png", "photos/torn.png",
	}
	out, messages, err := execute(append(args, "--out", "-")...)
	torn := "1 of 2 images could not be read"
	if exitCode(err) != exitFailure || err.Error() != torn || strings.Count(out, "\n") != 2 ||
		!strings.Contains(out, "\nphotos/l0.png,light,0.") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(messages, "least certain") {
		t.Errorf("stderr:\n%s", messages)
	}
	out, _, err = execute(append(args, "--json")...)
	var r classification
	if exitCode(err) == exitFailure && err.Error() == torn {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil || len(r.Images) != 1 || r.Images[0].Class != "light" || r.Estimate.Images != 6 ||
		len(r.Unreadable) != 1 || r.Unreadable[0].Name != "photos/torn.png" || len(r.UnreadableLabelled) != 2 {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat("classes.csv"); err == nil {
		t.Error("a file was written")
	}
}

// With train and test in it, as eval takes it, a folder has the classes in train.
func TestClassifyLearnsFromTheTrainFolder(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	for i := range 2 {
		put(t, fmt.Sprintf("capital/Train/dark/%d.png", i), shade(t, false, i))
		put(t, fmt.Sprintf("capital/Train/light/%d.png", i), shade(t, true, i))
		put(t, fmt.Sprintf("capital/Test/dark/%d.png", i), shade(t, false, 5+i))
		put(t, fmt.Sprintf("set/train/dark/%d.png", i), shade(t, false, i))
		put(t, fmt.Sprintf("set/train/light/%d.png", i), shade(t, true, i))
		put(t, fmt.Sprintf("set/test/dark/%d.png", i), shade(t, false, 5+i))
	}
	for _, spec := range []string{"folder:set", "folder:capital"} {
		out, _, err := execute("classify", "--model", run, "--json", "--labelled", spec, "--data", spec)
		var r classification
		if err == nil {
			err = json.Unmarshal([]byte(out), &r)
		}
		want := []string{"dark", "light"}
		if err != nil || !slices.Equal(r.Classes, want) || r.LearntFrom != 4 || len(r.Images) != 6 {
			t.Errorf("%s: %v\n%s", spec, err, out)
		}
	}
}

func TestClassifySaysWhatIsNotKnown(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	put(t, "sorted/dark/0.png", shade(t, false, 0))
	put(t, "sorted/light/0.png", shade(t, true, 0))
	put(t, "x.png", shade(t, true, 9))
	args := []string{"classify", "--model", run, "--labelled", "folder:sorted", "x.png"}
	out, _, err := execute(append(args, "--json")...)
	if err != nil || strings.Contains(out, "cross_validation") {
		t.Errorf("%v\n%s", err, out)
	}
	_, messages, err := execute(append(args, "--out", "-")...)
	if err != nil || !strings.Contains(messages, "how often it is right is not known") {
		t.Errorf("%v\n%s", err, messages)
	}
}

// With a thousand classes an image takes milliseconds.
func TestClassifyStopsBetweenTwoImages(t *testing.T) {
	set := &amdim.Set{Dim: 2}
	for i := range 40 {
		set.Names = append(set.Names, fmt.Sprint(i))
		set.X = append(set.X, float32(i%7), float32(i%2))
	}
	x := amdim.Examples{Set: set, Classes: []string{"even", "odd"}, Labels: make([]int32, 40)}
	for i := range x.Labels {
		x.Labels[i] = int32(i % 2)
	}
	learnt, err := classify.Learn(t.Context(), ref.New(), x, nil)
	if err != nil {
		t.Fatal(err)
	}
	none := amdim.Examples{}
	one, three := classification{set: set, learnt: learnt}, classification{set: set, learnt: learnt}
	err = errors.Join(one.fill(t.Context(), none, 1), three.fill(t.Context(), none, 3))
	if err != nil || len(one.Images) != 40 || !slices.Equal(one.Images, three.Images) {
		t.Errorf("%v, by one thread %v, by three %v", err, one.Images, three.Images)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := one.fill(ctx, none, 2); exitCode(err) != exitStopped {
		t.Errorf("exit code %d, %v", exitCode(err), err)
	}
}

// Other programs join by names.
func TestCSVHoldsNamesAsTheyAreAndTheHelpSaysSo(t *testing.T) {
	r := classification{Images: []classified{{Image: "=1+1.png", Class: "@a", Second: "-b"}}}
	row, b := "\n=1+1.png,@a,0.0000,-b,0.0000,false\n", strings.Builder{}
	if err := r.writeCSV(&b); err != nil || !strings.HasSuffix(b.String(), row) {
		t.Errorf("%q, %v", b.String(), err)
	}
	if help, _, err := execute("classify", "--help"); err != nil || !strings.Contains(help, "formula") {
		t.Errorf("help %v:\n%s", err, help)
	}
}

// With a label for each of two classes, neither is known: the copies are classified as if
// they had none, and do not count as labelled images that were got right or wrong.
func TestPicturesOfSeveralClassesAreNamedAndNotLearntFrom(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	put(t, "sorted/dark/both.png", shade(t, true, 9))
	put(t, "sorted/light/both.png", shade(t, true, 9))
	put(t, "photos/both.png", shade(t, true, 9))
	out, messages, err := execute("classify", "--model", run, "--labelled", "folder:sorted",
		"--data", "folder:photos", "--json")
	var r classification
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil || r.LearntFrom != 6 || r.Estimate.Images != 6 || len(r.Conflicts) != 1 ||
		!slices.Equal(r.Conflicts[0].Classes, []string{"dark", "light"}) {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, x := range r.Images {
		if x.Image == "both.png" && (x.Labelled || x.Second == "" || x.Probability == 1) {
			t.Errorf("%+v is presented as certain", x)
		}
		if x.Image == "labelled.png" && !x.Labelled {
			t.Errorf("%+v, a copy of an image of one class", x)
		}
	}
	want := "note: 1 picture is in several classes, so nothing is learnt from it: " +
		`"dark/both.png" in "dark" = "light/both.png" in "light"` + "\n"
	if !strings.Contains(messages, want) {
		t.Errorf("stderr lacks %q:\n%s", want, messages)
	}
}

func TestOnlyTheFirstPicturesOfSeveralClassesAreNamed(t *testing.T) {
	var many []classify.Conflict
	for i := range 5 {
		many = append(many, classify.Conflict{
			Images:  []string{fmt.Sprint("a", i), "b", "c", "d", "e"},
			Classes: []string{"x", "y", "x", "x", "x"},
		})
	}
	var b bytes.Buffer
	noteConflicts(&b, many)
	text := b.String()
	for _, want := range []string{
		"note: 5 pictures are in several", `"a2" in "x" = "b" in "y" = "c" in "x" = 2 more; and 2 more: --json`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	if strings.Contains(text, `"a3"`) {
		t.Errorf("names them all: %s", text)
	}
	b.Reset()
	if noteConflicts(&b, nil); b.Len() > 0 {
		t.Errorf("a note on nothing: %s", b.String())
	}
}
