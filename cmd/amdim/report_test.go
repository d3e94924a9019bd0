package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/train"
)

// photos makes a folder of n small pictures and one that is torn.
func photos(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		m := image.NewRGBA(image.Rect(0, 0, 40, 32))
		for p := range 40 * 32 {
			m.Set(p%40, p/40, color.RGBA{uint8(p * i), uint8(p % 40 * 6), uint8(p / 40 * 7), 255})
		}
		f, err := os.Create(filepath.Join(dir, "photo "+string(rune('a'+i))+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	torn := []byte("\x89PNG\r\n\x1a\nand no more")
	if err := os.WriteFile(filepath.Join(dir, "torn.png"), torn, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReportShowsARun(t *testing.T) {
	run := tinyRun(t)
	_, _, err := execute("eval", "--model", run, "--data", fewShapes, "--protocol", "linear", "--probes", "1")
	if err != nil {
		t.Fatal(err)
	}
	out, messages, err := execute("report", run)
	if err != nil {
		t.Fatal(err)
	}
	if want := train.ReportPath(run); out != want+"\n" || !strings.Contains(messages, "encode 100 images") {
		t.Errorf("stdout %q, want %q; stderr %q", out, want, messages)
	}
	page := read(t, train.ReportPath(run))
	for _, want := range []string{
		"Run run", "A linear classifier on the frozen features", "raw pixels", "Contrastive losses",
		"What training sees", "Worst failures", "Where the network finds the query", "hourglass taken for",
		"n_rkhs",
		"test images that the probes did not see", // knn did not look for copies
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if len(page) > 2<<20 {
		t.Errorf("%d bytes", len(page))
	}
}

// Without labels there is no class to agree on, and a torn file is named.
func TestReportOfAFolderWithoutLabels(t *testing.T) {
	run, dir := filepath.Join(t.TempDir(), "run"), photos(t, 20)
	args := tiny(run, "--data", "folder:"+dir, "--epochs", "1", "--max-unreadable", "0.5")
	if _, messages, err := execute(args...); err != nil {
		t.Fatalf("%v\n%s", err, messages)
	}
	if _, _, err := execute("report", run); err != nil {
		t.Fatal(err)
	}
	page := read(t, train.ReportPath(run))
	for _, want := range []string{
		"No image that is held out has a label", "torn.png", "photo b.png", "Where the network finds the query",
		`<li class="warn"><strong>Too short for a verdict`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(page, "classes are confused") {
		t.Error("a confusion matrix without classes")
	}
	if err := os.Rename(dir, dir+" moved"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Rename(dir+" moved", dir) })
	_, _, err := execute("report", run)
	if err == nil || !strings.Contains(err.Error(), "use --data to say where the images are now, or --out to") ||
		read(t, train.ReportPath(run)) != page {
		t.Errorf("a page without the pictures in the place of one with them: %v", err)
	}
	other := filepath.Join(filepath.Dir(run), "other.html")
	for range 2 { // the second takes the place of one without pictures
		_, messages, err := execute("report", run, "--out", other)
		if err != nil || !strings.Contains(messages, "has no pictures") || !strings.Contains(messages, "--data") {
			t.Errorf("without the images: %v, %q", err, messages)
		}
	}
	strange := "shapes:train=30,test=20"
	_, messages, err := execute("report", run, "--data", strange, "--out", other)
	if err != nil || !strings.Contains(messages, "note: the pictures are of "+strange) ||
		!strings.Contains(read(t, other), "but of "+strange) {
		t.Errorf("pictures of other images: %v, %q", err, messages)
	}
	if _, _, err := execute("report", run, "--data", "folder:"+dir+" moved"); err != nil {
		t.Error(err)
	}
}

// Of a small folder the hash of names may hold nothing out: the pictures are of train.
func TestReportShowsAFolderThatHoldsNothingOut(t *testing.T) {
	run, dir := filepath.Join(t.TempDir(), "run"), photoFolder(t, numbered("plain ", 10)...)
	pack := filepath.Join(t.TempDir(), "pack")
	for _, args := range [][]string{
		tiny(run, "--data", "folder:"+dir, "--epochs", "1", "--mix-k", "3"),
		{"data", "pack", "folder:" + dir, "--out", pack},
	} {
		if _, messages, err := execute(args...); err != nil {
			t.Fatalf("%v\n%s", err, messages)
		}
	}
	for _, spec := range []string{"folder:" + dir, "packed:" + pack} {
		page, messages := reported(t, run, "--data", spec, "--segmented", "1")
		for _, want := range []string{
			"Where the network finds the query", "plain 3.png", "2 of 10 images, evenly spaced",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: page lacks %q; stderr %q", spec, want, messages)
			}
		}
	}
}

func TestReportComparesRuns(t *testing.T) {
	a, b := tinyRun(t), filepath.Join(t.TempDir(), "other")
	if _, _, err := execute(tiny(b, "--max-steps", "2")...); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "c.html")
	if _, _, err := execute("report", a, b, "--out", out); err != nil {
		t.Fatal(err)
	}
	page := read(t, out)
	for _, want := range []string{
		"Comparison of runs", "train.batch", "train.epochs", "other", "None of the runs has been evaluated",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(page, "model.ndf") {
		t.Error("a setting that is the same in both is shown as different")
	}
}

func TestReportNamesWhatIsWrong(t *testing.T) {
	run, dir := tinyRun(t), t.TempDir()
	damaged := tinyRun(t)
	for path, text := range map[string]string{train.EvalPath(damaged): "{", filepath.Join(dir, "file"): ""} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, exitUsage, "no run given"},
		{[]string{dir + "/none"}, exitFailure, dir + "/none"},
		{[]string{dir + "/file"}, exitFailure, "give the folder of a run"},
		{[]string{dir}, exitFailure, dir + ": the folder holds no run"},
		{[]string{damaged}, exitFailure, "eval.json"},
		{[]string{run, "--images", "-1"}, exitUsage, "--images -1"},
		{[]string{run, "--segmented", "-1"}, exitUsage, "--segmented -1"},
		{[]string{run, "--segmented", "3"}, exitUsage, "no mixture"},
		{[]string{run, "--data", "folder:" + dir + "/none"}, exitFailure, dir + "/none"},
		{[]string{run, "--out", dir + "/none/c.html"}, exitFailure, "c.html: there is no folder " + dir + "/none"},
		{[]string{run, run, "--segmented", "3"}, exitUsage, "--segmented is for the page of one run"},
		{[]string{run, run, "--threads", "1"}, exitUsage, "--threads is for the page of one run"},
		{[]string{run, run, "--data", "shapes"}, exitUsage, "--data is for the page of one run"},
		{[]string{run, run, "--out", dir + "/none/c.html"}, exitFailure, dir + "/none"},
	} {
		_, messages, err := execute(append([]string{"report"}, c.args...)...)
		if strings.Contains(messages, "encode") {
			t.Errorf("amdim report %q: refused after %q", c.args, messages)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("amdim report %q: %v, want %q in one line", c.args, err, c.want)
		}
		if got := exitCode(err); got != c.code {
			t.Errorf("amdim report %q: exit code %d, want %d", c.args, got, c.code)
		}
	}
}

// Held-out images may lie in no folder of classes, or in one that train lacks: those
// that have a class are the queries, and without any images of train are.
func TestReportShowsHeldOutImagesThatHaveAClass(t *testing.T) {
	learnt := append(numbered("train/cat/", 6), numbered("train/dog/", 6)...)
	for _, c := range []struct {
		name string
		held []string
		want []string
		not  string
	}{
		{
			"none", numbered("test/", 3), []string{
				"No image that is held out has a label", "3 of the held-out images are in no folder named like a class",
			}, "classes are confused",
		},
		{
			"some", append(numbered("test/bird/", 2), numbered("test/dog/", 2)...), []string{
				"Which classes are confused", "2 of the held-out images are in no folder named like a class",
			}, "bird",
		},
	} {
		run, dir := filepath.Join(t.TempDir(), "run"), photoFolder(t, append(c.held, learnt...)...)
		_, messages, err := execute(tiny(run, "--data", "folder:"+dir, "--epochs", "1")...)
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.name, err, messages)
		}
		page, _ := reported(t, run)
		for _, want := range c.want {
			if !strings.Contains(page, want) {
				t.Errorf("%s: page lacks %q", c.name, want)
			}
		}
		if strings.Contains(page, c.not) {
			t.Errorf("%s: page has %q", c.name, c.not)
		}
	}
}
