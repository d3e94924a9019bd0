package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// photoFolder writes PNGs of the given names, each another, of 64×80 px; a name
// that ends in "!" gets a file that is no image.
func photoFolder(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range names {
		path := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, "!")))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "!") {
			fmt.Fprint(f, "no image")
		} else {
			m := image.NewNRGBA(image.Rect(0, 0, 64, 80))
			m.SetNRGBA(i%64, i/64, color.NRGBA{uint8(i), 100, 200, 255})
			if err := png.Encode(f, m); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// numbered are n names below a folder.
func numbered(dir string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%d.png", dir, i)
	}
	return names
}

// checkedFolders are their files, "!" behind a damaged one, and what data check says and does not.
var checkedFolders = []struct {
	name  string
	files []string
	want  []string
	not   string
}{
	{
		"two classes", append(numbered("cat/", 40), numbered("dog/", 40)...),
		[]string{
			"80 files", "all readable", "2 of 40 images each", "cat, dog", "png 80", "all 64×80 px",
			"amdim plan --preset photos-tiny", "amdim eval --model runs/photos-tiny",
		}, "Notes",
	},
	{
		"few and damaged", append(numbered("", 20), "a.png!", "b.png!", "c.png!", "d.png!"),
		[]string{
			"24 files", "4 (16.7 %) cannot be read", "  a.png: no image of a known format", "classes       none",
			"Fewer images than a batch", "--batch 16", "stops at more than 3 files", "--max-unreadable 0.18",
			"No classes",
		}, "amdim eval --model",
	},
	{
		"few and hardly damaged", append(numbered("", 20), "a.png!", "b.png!"),
		[]string{"2 (9.1 %) cannot be read", "Next"}, "--max-unreadable",
	},
	{
		"held-out images damaged",
		append(append(numbered("train/cat/", 16), numbered("train/dog/", 16)...), "test/cat/1.png",
			"test/dog/2.png",
			"test/cat/a.png!", "test/cat/b.png!", "test/cat/c.png!", "test/cat/d.png!", "test/cat/e.png!"),
		[]string{"5 (12.8 %) cannot be read", "Next"}, "--max-unreadable",
	},
	{
		"one class", numbered("cat/", 3),
		[]string{"Only one class: all images are in the folder cat", "--batch 2"}, "No classes",
	},
	{
		"a stray image", append(numbered("cat/", 3), "dog/1.png", "stray.png"),
		[]string{"no image lay beside them, as stray.png does"}, "Only one class",
	},
	{
		"a stray image below train",
		[]string{"train/a/1.png", "train/b/2.png", "train/stray.png", "test/a/3.png", "test/b/4.png"},
		[]string{"no image lay beside them, as train/stray.png does"}, "Only one class",
	},
	{
		"a stray image below Train",
		[]string{"Train/a/1.png", "Train/b/2.png", "Train/stray.png", "Test/a/3.png", "Test/b/4.png"},
		[]string{"no image lay beside them, as Train/stray.png does"}, "Only one class",
	},
	{"all learnt from", numbered("", 60), []string{"of them in the test split as well"}, "overlap"},
	{"one image", []string{"a.png"}, []string{"1 file,", "One image has nothing"}, "Next"},
	{
		"uneven", append(numbered("cat/", 40), "dog/1.png"),
		[]string{"2 of 1 to 40 images", "cat 40, dog 1", "uneven: cat has 40 images, dog 1"}, "none held out",
	},
	{
		"a class without held-out images",
		[]string{"train/a/1.png", "train/b/2.png", "train/c/3.png", "test/a/4.png", "test/b/5.png"},
		[]string{"1 of 3 classes has no held-out image, c: accuracy says nothing of it."}, "in no folder",
	},
	{
		"other folders held out",
		[]string{"train/a/1.png", "train/b/2.png", "val/images/3.png", "val/images/4.png"},
		[]string{"2 of the held-out images are in no folder", "2 images without a class"}, "amdim eval --model",
	},
	{
		"some of other folders",
		[]string{"train/a/1.png", "train/b/2.png", "test/a/3.png", "test/c/4.png"},
		[]string{"1 of the held-out images are in no folder"}, "amdim eval --model",
	},
	{
		"no accuracy to say nothing of a class",
		[]string{"train/a/1.png", "train/b/2.png", "test/a/3.png", "test/c/4.png"}, nil, "accuracy",
	},
	{"odd name", []string{"a/x\ny.png", "b/z.png!"}, []string{"cannot be read"}, "x\ny"},
}

func TestDataCheckSaysWhatIsThereAndWhatToRun(t *testing.T) {
	for _, c := range checkedFolders {
		out, messages, err := execute("data", "check", "folder:"+photoFolder(t, c.files...))
		if err != nil || messages != "" {
			t.Fatalf("%s: %v, %q", c.name, err, messages)
		}
		flat := strings.Join(strings.Fields(out), " ")
		for _, want := range c.want {
			if !strings.Contains(out, want) && !strings.Contains(flat, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, out)
			}
		}
		if strings.Contains(out, c.not) {
			t.Errorf("%s: %q in\n%s", c.name, c.not, out)
		}
		checkWidth(t, c.name, out)
	}
}

// Photographs that cannot be read for their format are no reason for silence.
func TestDataCheckCountsForeignFormats(t *testing.T) {
	dir := photoFolder(t, "a/1.png", "b/2.png", "b/3.HEIC!", "4.heic!", "c/5.nef!", "film.mp4!")
	out, _, err := execute("data", "check", "folder:"+dir)
	flat := strings.Join(strings.Fields(out), " ")
	if err != nil || !strings.Contains(flat, "their formats are not supported: 2 heic, 1 nef.") ||
		!strings.Contains(flat, "2 files") || strings.Contains(flat, "mp4") {
		t.Errorf("%v\n%s", err, out)
	}
}

// checkWidth: only a line that names the folder may be long.
func checkWidth(t *testing.T, name, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(line) - 1; n > textWidth && !strings.Contains(line, "folder:") {
			t.Errorf("%s: line of %d columns: %s", name, n, line)
		}
	}
}

func TestDataCheckNamesCopies(t *testing.T) {
	dir := photoFolder(t, append(numbered("cat/", 70), numbered("dog/", 5)...)...)
	one, err := os.ReadFile(filepath.Join(dir, "cat", "3.png"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"copy.png", "other.png"} {
		if err := os.WriteFile(filepath.Join(dir, "dog", name), one, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, _, err := execute("data", "check", "folder:"+dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"copies        2 (2.6 %)", "  cat/3.png = dog/copy.png = 1 more\n", "1 picture is in several classes",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestDataCheckPrintsJSON(t *testing.T) {
	dir := photoFolder(t, append(numbered("it's/", 40), "b/1.png", "b/bad.png!")...)
	out, _, err := execute("data", "check", "folder:"+dir, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data       string
		Images     int
		Readable   int
		Unreadable []struct{ Name, Error string }
		Classes    []struct{ Name string }
		Next       []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Data != "folder:"+dir || got.Images != 42 || got.Readable != 41 || len(got.Classes) != 2 ||
		len(got.Unreadable) != 1 || got.Unreadable[0].Name != "b/bad.png" || len(got.Next) != 3 {
		t.Errorf("%+v", got)
	}
}

func TestDataCheckOfOtherKinds(t *testing.T) {
	out, _, err := execute("data", "check", "shapes:train=40,test=20")
	if err != nil || !strings.Contains(out, "40 to learn from, 20 held out") ||
		!strings.Contains(out, "--preset demo") {
		t.Errorf("%v\n%s", err, out)
	}
	dir := photoFolder(t, "train/n01440764/a.png", "train/n01443537/b.png!", "val/n01440764/c.png")
	out, _, err = execute("data", "check", "imagenet:"+dir)
	if err != nil || !strings.Contains(out, "2 to learn from, 1 held out") ||
		!strings.Contains(out, "Cannot be read\n  train/n01443537/b.png: ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A segmentation that cannot be used is named; the images can be learnt from.
func TestDataCheckReadsSegmentations(t *testing.T) {
	dir := photoFolder(t, "images/train/1.png", "segmentations/train/1_0.png", "images/train/2.png",
		"segmentations/train/2_0.png!", "images/val/3.png",
		"segmentations/val/3_0.png!", "segmentations/val/3_1.png")
	grey := image.NewGray(image.Rect(0, 0, 64, 80))
	for _, name := range []string{"train/1_0.png", "val/3_0.png"} {
		f, err := os.Create(filepath.Join(dir, "segmentations", name))
		if err == nil {
			err = errors.Join(png.Encode(f, grey), f.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out, _, err := execute("data", "check", "bsds500:"+dir)
	for _, want := range []string{
		"2 to learn from, 1 held out\n", "segmented     1 segmentation; those of 2 images cannot be read\n",
		"\nSegmentations that cannot be read\n  segmentations/train/2_0.png: no image of a known format",
		"  segmentations/val/3_1.png: decode png: it has colours",
	} {
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("%v, no %q in\n%s", err, want, out)
		}
	}
	if strings.Contains(out, "classes, but amdim eval needs") {
		t.Errorf("asks for classes:\n%s", out)
	}
}

func TestDataCheckFailsWithOneLine(t *testing.T) {
	file := filepath.Join(photoFolder(t, "a.png"), "a.png")
	for _, c := range []struct {
		args []string
		want string
		code int
	}{
		{nil, "takes one SPEC", exitUsage},
		{[]string{"shapes", "more"}, "takes one SPEC", exitUsage},
		{[]string{"shapes", "--threads=-1"}, "--threads -1", exitUsage},
		{[]string{"folder:" + t.TempDir()}, "no images in it", exitFailure},
		{[]string{filepath.Dir(file)}, "did you mean folder:", exitUsage},
		{[]string{"folder:" + file}, "it is a file", exitFailure},
		{[]string{"imagenet:" + photoFolder(t, "train/n01440764/a.png")}, "no folder val", exitFailure},
		{
			[]string{"folder:" + photoFolder(t, "a.png!", "b.png!")},
			"none of 2 images can be read; the first, a.png", exitFailure,
		},
	} {
		out, _, err := execute(append([]string{"data", "check"}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") ||
			exitCode(err) != c.code || out != "" {
			t.Errorf("data check %q: %v (exit %d), want %q; stdout %q", c.args, err, exitCode(err), c.want, out)
		}
	}
	_, _, err := execute("data", "chekc")
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), `"chekc"`) {
		t.Error(err)
	}
}
