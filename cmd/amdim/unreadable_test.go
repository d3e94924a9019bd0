package main

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/bmp"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/train"
)

func TestUnreadableImagesAreNamedThenCounted(t *testing.T) {
	var said []string
	n := noteBad{say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }}
	steps := 0
	o := train.Options{OnStep: func(train.Status) { steps++ }}
	n.follow(&o)
	for i := range 7 {
		o.OnUnreadable(fmt.Sprintf("%d.jpg", i), errors.New("torn"))
	}
	if said != nil {
		t.Errorf("said beside the run: %q", said)
	}
	o.OnStep(train.Status{})
	n.finish("LIST")
	if steps != 1 || len(said) != shownUnreadable+1 {
		t.Fatalf("%d steps, %q", steps, said)
	}
	if !strings.Contains(said[0], `"0.jpg" cannot be read and is left out: torn`) {
		t.Error(said[0])
	}
	if last := said[shownUnreadable]; !strings.Contains(last, "7 images") || !strings.Contains(last, "LIST") {
		t.Error(last)
	}
}

func TestOpenerLeavesDamagedFilesOut(t *testing.T) {
	dir := t.TempDir()
	var whole bytes.Buffer
	if err := png.Encode(&whole, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		content := whole.Bytes()
		if i%3 == 1 {
			content = content[:20]
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.png", i)), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var messages strings.Builder
	o := opener{spec: "folder:" + dir, threads: 2, messages: &messages}
	r, err := o.readable(t.Context(), data.Train)
	if err != nil || r.sound.Len() != 7 || r.whole.Len() != 10 {
		t.Fatalf("%+v, %v", r, err)
	}
	got := messages.String()
	if strings.Count(got, "note: ") != 3 || !strings.Contains(got, `"4.png" cannot be read`) {
		t.Error(got)
	}
}

// A file that can be read again, though it looks as before, changes what the files hold.
func TestOpenerKnowsAFileThatWasMended(t *testing.T) {
	dir, kept := t.TempDir(), t.TempDir()
	write := func(name string, content []byte) {
		put(t, filepath.Join(dir, name), content)
		if err := os.Chtimes(filepath.Join(dir, name), time.Time{}, time.Unix(1e9, 0)); err != nil {
			t.Fatal(err)
		}
	}
	contents := func(known *tried) string {
		t.Helper()
		o := opener{spec: "folder:" + dir, threads: 1, messages: io.Discard, known: known}
		r, err := o.readable(t.Context(), data.Train)
		if err != nil {
			t.Fatal(err)
		}
		known.keep()
		return r.contents
	}
	whole := bitmap(t, 3)
	write("a.bmp", bitmap(t, 1))
	write("b.bmp", make([]byte, len(whole)))
	damaged := contents(&tried{folder: kept})
	write("b.bmp", whole)
	if mended, want := contents(&tried{folder: kept}), contents(nil); mended != want || want == damaged {
		t.Errorf("%s, damaged %s, want %s", mended, damaged, want)
	}
}

// An evaluation reads the images to find those that it cannot read, the next one does
// not: it tries those alone.
func TestEvalTriesImagesOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, part := range []string{"train", "test"} {
		for i := range 12 {
			name := fmt.Sprintf("%s/%s/%d.png", part, []string{"cat", "dog"}[i%2], i)
			put(t, filepath.Join("good", name), photo(t, 64, i))
		}
	}
	mustRun(t, smallPhotos+"--data folder:good --out run --max-steps 1")
	whole, torn := photo(t, 64, 3), []byte(strings.Repeat("torn", 16))
	late, early := filepath.Join("good", "train", "dog", "3.png"), filepath.Join("good", "test", "dog", "5.png")
	put(t, early, slices.Concat(torn, photo(t, 64, 5)[len(torn):])) // the size is as it was
	eval := func(want, not, fails string, flags ...string) {
		t.Helper()
		line := "eval --model run --data folder:good --protocol knn --k 1"
		out, messages, err := execute(append(strings.Fields(line), flags...)...)
		if (err == nil) != (fails == "") || fails != "" && !strings.Contains(err.Error(), fails) {
			t.Fatalf("%v, want %q; stderr %q", err, fails, messages)
		}
		said, left := strings.Contains(out, "Left out, as they"), strings.Contains(messages, "is left out")
		if err == nil && said != left {
			t.Errorf("the result says so: %v, stderr: %v\n%s", said, left, out)
		}
		if !strings.Contains(messages, want) || not != "" && strings.Contains(messages, not) {
			t.Errorf("stderr %q, want %q and no %q", messages, want, not)
		}
	}
	eval(`"test/dog/5.png" cannot be read`, "3.png", "")
	rot(t, late, slices.Concat(torn, whole[len(torn):]))
	eval("features of 23 images", "3.png", "", "--no-baselines")
	eval(`"test/dog/5.png" cannot be read`, "3.png", "repeat the command to leave it out") // raw pixels read all
	eval(`"train/dog/3.png" cannot be read`, "features of 23 images", "")
	put(t, late, whole)
	put(t, early, photo(t, 64, 5))
	eval("encode 24 images", "cannot be read", "")
	eval("features of 24 images", "encode", "", "--no-baselines")
	put(t, late, slices.Concat(torn, whole[len(torn):]))
	eval(`"train/dog/3.png" cannot be read`, "features of 24 images", "")
}

// rot changes a file as a failing disk does, which does not say when.
func rot(t *testing.T, path string, contents []byte) {
	t.Helper()
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	put(t, path, contents)
	if err := os.Chtimes(path, time.Time{}, before.ModTime()); err != nil {
		t.Fatal(err)
	}
}

// Features of images that were written anew, in files of the same size, are not those of before.
func TestEvalEncodesAgainWhatWasWrittenAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	for i := range 12 {
		put(t, fmt.Sprintf("good/%s/%d.bmp", []string{"cat", "dog"}[i%2], i), bitmap(t, i))
	}
	mustRun(t, smallPhotos+"--data folder:good --out run --max-steps 1")
	line := strings.Fields("eval --model run --data folder:good --protocol knn --k 1 --no-baselines")
	for _, c := range []struct {
		path, said string
	}{{"", "encode 12 images"}, {"", "features of 12 images"}, {"good/dog/3.bmp", "encode 12 images"}} {
		if c.path != "" {
			put(t, c.path, bitmap(t, 99))
			if err := os.Chtimes(c.path, time.Time{}, time.Now().Add(time.Hour)); err != nil { // clocks are coarse
				t.Fatal(err)
			}
		}
		if _, messages, err := execute(line...); err != nil || !strings.Contains(messages, c.said) {
			t.Errorf("after %q was written: %v, messages %q, want %q", c.path, err, messages, c.said)
		}
	}
}

// bitmap is an image whose file has the same size whatever it shows.
func bitmap(t *testing.T, seed int) []byte {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(photo(t, 64, seed)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := bmp.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
