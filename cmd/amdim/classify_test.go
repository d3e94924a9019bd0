package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
)

// shade is a picture of one colour: dark or bright, never twice the same.
func shade(t *testing.T, bright bool, seed int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 40, 40))
	v := uint8(10 + seed)
	if bright {
		v = uint8(240 - seed)
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
	put(t, "photos/torn.png", []byte("torn"))
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
	for _, want := range []string{"2 classes learnt from 6 labelled images", "cross-validation on 6 of them: 100.0 % right"} {
		if !strings.Contains(out, want) {
			t.Errorf("stdout lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(messages, `"torn.png" cannot be read`) || !strings.Contains(messages, "classes: classes.csv") {
		t.Errorf("stderr:\n%s", messages)
	}
	lines, err := csv.NewReader(strings.NewReader(read(t, "classes.csv"))).ReadAll()
	if err != nil || len(lines) != 9 {
		t.Fatalf("%v, %q", err, lines)
	}
	if want := []string{"image", "class", "probability", "second", "second_probability"}; !slices.Equal(lines[0], want) {
		t.Errorf("heading %q", lines[0])
	}
	for _, l := range lines[1:] {
		if want := map[byte]string{'d': "dark", 'l': "light"}[l[0][0]]; l[1] != want || l[3] == want || l[2] <= l[4] {
			t.Errorf("%q", l)
		}
	}
	if _, err := png.Decode(strings.NewReader(read(t, "classes.png"))); err != nil {
		t.Error(err)
	}
	if _, _, err := execute(append(args, "--out", "classes.csv")...); err == nil || !strings.Contains(told(err), "--overwrite") {
		t.Errorf("a file that is there: %v", err)
	}
}

func TestClassifyPrintsCSVOrJSON(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	shades(t)
	args := []string{"classify", "--model", run, "--labelled", "folder:sorted", "photos/l0.png", "photos/torn.png"}
	out, messages, err := execute(append(args, "--out", "-")...)
	if err != nil || strings.Count(out, "\n") != 2 || !strings.HasPrefix(strings.Split(out, "\n")[1], "photos/l0.png,light,0.") {
		t.Errorf("%v\n%s", err, out)
	}
	if !strings.Contains(messages, "least certain") {
		t.Errorf("stderr:\n%s", messages)
	}
	out, _, err = execute(append(args, "--json")...)
	var r classes
	if err == nil {
		err = json.Unmarshal([]byte(out), &r)
	}
	if err != nil || len(r.Images) != 1 || r.Images[0].Class != "light" || r.Estimate.Images != 6 ||
		len(r.Unreadable) != 1 || r.Unreadable[0].Name != "photos/torn.png" {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := os.Stat("classes.csv"); err == nil {
		t.Error("a file was written")
	}
}

func TestClassifySaysWhatIsNotKnown(t *testing.T) {
	run := tinyRun(t)
	t.Chdir(t.TempDir())
	put(t, "sorted/dark/0.png", shade(t, false, 0))
	put(t, "sorted/light/0.png", shade(t, true, 0))
	put(t, "x.png", shade(t, true, 9))
	_, messages, err := execute("classify", "--model", run, "--labelled", "folder:sorted", "x.png", "--out", "-")
	if err != nil || !strings.Contains(messages, "how often it is right is not known") {
		t.Errorf("%v\n%s", err, messages)
	}
}
