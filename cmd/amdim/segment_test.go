package main

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/internal/npy"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/train"
)

func TestSegmentWritesItsFilesForEachImage(t *testing.T) {
	run, dir, out := mixedRun(t), pictures(t, 3), filepath.Join(t.TempDir(), "a", "out")
	args := []string{"segment", "--model", run, "--out", out, "--data", "folder:" + dir, "--q"}
	text, messages, err := execute(args...)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "3 images, ") || !strings.HasSuffix(text, ": "+out+"\n") {
		t.Errorf("stdout %q", text)
	}
	torn := `note: "torn.png" cannot be read and is left out: `
	for _, want := range []string{torn, "locations of images of " + fewShapes} {
		if !strings.Contains(messages, want) {
			t.Errorf("stderr lacks %q: %q", want, messages)
		}
	}
	if _, err := os.Stat(train.NegativesPath(train.CheckpointPath(run))); err != nil {
		t.Error(err)
	}
	names, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(names) != 9 {
		t.Errorf("%q, %v", names, err)
	}
	base := filepath.Join(out, "p02")
	m := readMap(t, base+".labels.png")
	if m.W != 42 || m.H != 36 || slices.Max(m.Label) > 2 {
		t.Errorf("labels up to %d of %d×%d pixels", slices.Max(m.Label), m.W, m.H)
	}
	overlay, err := png.Decode(strings.NewReader(read(t, base+".overlay.png")))
	if err != nil || overlay.Bounds().Dx() != 42 || overlay.Bounds().Dy() != 36 {
		t.Errorf("overlay: %v", err)
	}
	file := read(t, base+".q.npy")
	h, start, err := npy.Read(strings.NewReader(file))
	if err != nil || len(h.Shape) != 3 || h.Shape[2] != 3 || h.Type != npy.Float32 ||
		h.Check(int64(len(file))-start) != nil {
		t.Errorf("q: %+v, %v", h, err)
	}
	_, _, err = execute(args...)
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "--overwrite") {
		t.Errorf("again: %v", err)
	}
	_, _, err = execute(append(args, "--step", "3")...) // to replace the files would not help
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "step = 3") {
		t.Errorf("again, with a wrong flag: %v", err)
	}
	before := read(t, base+".labels.png")
	if _, messages, err := execute(append(args, "--overwrite", "--threads", "1")...); err != nil ||
		strings.Contains(messages, "reading") || read(t, base+".labels.png") != before {
		t.Errorf("one thread and kept negatives: %v, other bytes, or %q", err, messages)
	}
}

// A mixture that has collapsed divides nothing, which no figure of the segments says.
func TestSegmentsThatDivideNothingAreNoted(t *testing.T) {
	run, picture, out := mixedRun(t), filepath.Join(pictures(t, 1), "p00.png"), t.TempDir()
	const want = "note: every image is one component: the mixture may have collapsed; "
	for line, c := range map[string]struct{ said, note string }{
		"--model " + run + " --least 0.99": {"1 image, 1 component, confidence ", want + typed("report", run)},
		"--model " + train.CheckpointPath(run) + " --least 0.99": {
			"1 image, 1 component, confidence ", want + "amdim report RUN"},
		"--model " + run + " --fit 0 --upsample bilinear": {"1 image, ", ""},
	} {
		args := append(strings.Fields("segment "+line), "--overwrite", "--out", out, picture)
		text, messages, err := execute(args...)
		if err != nil || !strings.HasPrefix(text, c.said) || !strings.Contains(messages, c.note) ||
			c.note == "" && strings.Contains(messages, "collapsed") {
			t.Errorf("%s: %v, %q, %q", line, err, text, messages)
		}
	}
}

func readMap(t *testing.T, path string) segment.Map {
	t.Helper()
	b := []byte(read(t, path))
	w, h, _, err := imagefile.Config(b)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := imagefile.Labels(b, w, h)
	if err != nil {
		t.Fatal(err)
	}
	return segment.Map{W: w, H: h, Label: labels}
}

func TestSegmentTellsWhatItFound(t *testing.T) {
	run, dir, out := mixedRun(t), pictures(t, 2), t.TempDir()
	torn, first := filepath.Join(dir, "torn.png"), filepath.Join(dir, "p01.png")
	text, _, err := execute("segment", "--model", run, "--out", out, "--json", "--regions", "--side", "64",
		"--fit", "0", "--negatives", "shapes:train=9", first, torn, filepath.Join(dir, "p00.png"))
	want := "1 of 3 files cannot be read; the first: " + torn
	if exitCode(err) != exitFailure || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v", err)
	}
	var r segmentResult
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if len(r.Images) != 2 || len(r.Unreadable) != 1 || r.Unreadable[0].Name != torn || r.Config.Side != 64 ||
		r.Config.Fit != 0 || r.Config.Tau == 0 || r.Config.Step == 0 || r.Sides != [2]int{64, 64} {
		t.Fatalf("%+v", r)
	}
	img := r.Images[0]
	m := readMap(t, img.Labels)
	if _, n := m.Compact(); img.Name != first || img.Width != 41 || img.Regions != n || img.Q != "" {
		t.Errorf("%+v, %d regions", img, n)
	}
	share, sure := 0.0, 0.0
	for _, p := range img.Parts {
		share, sure = share+p.Share, sure+p.Share*p.Confidence
	}
	if d := sure - img.Confidence; !(0.999 <= share && share <= 1.001) || !(d*d <= 1e-9) ||
		!(img.Confidence > 1.0/3) {
		t.Errorf("shares add to %v, confidence to %v of %v", share, sure, img.Confidence)
	}
	if _, err := os.Stat(train.NegativesPath(train.CheckpointPath(run))); err == nil {
		t.Error("negatives of other images are kept")
	}
}

func TestDataWithoutNamesIsCounted(t *testing.T) {
	run, out := mixedRun(t), t.TempDir()
	_, _, err := execute("segment", "--model", run, "--out", out,
		"--data", "shapes:test=11,train=60", "--split", "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"00.labels.png", "10.overlay.png"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
}

func TestNoTwoImagesShareAName(t *testing.T) {
	for _, c := range []struct{ files, want string }{
		{"x.jpg", "x"},
		{"a/x.jpg b/y.png", "x y"},
		{"a/x.jpg a/x.png a/y.png", "x.jpg x.png y"},
		{"x.jpg x.png x.jpg.png", "x.jpg x.png x.jpg.png"},
		{"a/x.jpg b/x.jpg b/c/y.png", "a/x b/x b/c/y"},
		{"a/b/x.jpg a/x.jpg", "b/x x"},
		{"a/b/x.jpg a/c/x.jpg a/c/x.png", "b/x c/x.jpg c/x.png"},
		{"../x.jpg x.jpg", "x here/x"},
		{"Cat.jpg cat.png y.png", "Cat.jpg cat.png y"},
		{"a/Cat.jpg b/cat.jpg", "a/Cat b/cat"},
		{".jpg x", ".jpg x"},
		{"x.jpg a/../x.jpg", ""},
	} {
		dir := filepath.Join(t.TempDir(), "here")
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		t.Chdir(dir)
		names, err := namesOfFiles(strings.Fields(c.files))
		if got := strings.Join(namesOf(names), " "); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v, want %q", c.files, got, err, c.want)
		}
	}
}

func TestSegmentNamesWhatIsWrong(t *testing.T) {
	mixed, plain, dir := mixedRun(t), tinyRun(t), pictures(t, 1)
	good, out := filepath.Join(dir, "p00.png"), filepath.Join(t.TempDir(), "out")
	torn := filepath.Join(dir, "torn.png")
	with := func(args ...string) []string {
		return append([]string{"segment", "--model", mixed, "--out", out}, args...)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"segment", "--out", out, good}, exitUsage, "--model is missing"},
		{[]string{"segment", "--model", mixed, good}, exitUsage, "--out is missing"},
		{[]string{"segment", "--model", mixed, "--out", good, good}, exitUsage, "is a file: a folder is needed"},
		{[]string{"segment", "--model", plain, "--out", out, good}, exitFailure, plain + ": the model has no mix"},
		{[]string{"segment", "--model", dir, "--out", out, good}, exitFailure, "--model"},
		{with(), exitUsage, "nothing to segment"},
		{with(good, "--data", "shapes"), exitUsage, "give one or the other"},
		{with(good, "--split", "test"), exitUsage, "--split test needs --data"},
		{with("--data", "shapes", "--split", "val"), exitUsage, `--split "val"`},
		{with("--data", "shape"), exitUsage, `"shape": did you mean "shapes"`},
		{with(good, good), exitUsage, "named twice"},
		{with(good, "--step", "3"), exitUsage, "step = 3"},
		{with(good, "--side", "1"), exitUsage, "side = 1"},
		{with(good, "--tau", "-1"), exitUsage, "tau = -1"},
		{with(good, "--fit", "-1"), exitUsage, "fit = -1"},
		{with(good, "--fit", "0", "--share", "0.1"), exitUsage, "--share 0.1 has no effect with --fit 0"},
		{with(good, "--least", "2"), exitUsage, "least = 2"},
		{with(good, "--upsample", "nearest"), exitUsage, `--upsample "nearest"`},
		{with(good, "--precision", "f16"), exitUsage, `"f16"`},
		{with(good, "--threads", "-1"), exitUsage, "--threads -1"},
		{with(good, "--negatives", "folder:"+out), exitFailure, "--negatives: the images to score locations"},
		{with(torn), exitFailure, "torn.png: imagefile: "},
		{with(filepath.Join(dir, "gone.png")), exitFailure, "gone.png"},
		{with(good, dir), exitUsage, dir + " is a folder: --data"},
		{with(torn, filepath.Join(dir, "gone.png")), exitFailure,
			"none of 2 images can be read; the first: " + torn},
	} {
		text, _, err := execute(c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("amdim %s: %v, want %q in one line", c.args, err, c.want)
		}
		if code := exitCode(err); code != c.code || text != "" {
			t.Errorf("amdim %s: exit code %d, want %d; stdout %q", c.args, code, c.code, text)
		}
		if made, _ := filepath.Glob(filepath.Join(out, "*")); made != nil {
			t.Fatalf("amdim %s: wrote %q", c.args, made)
		}
	}
}
