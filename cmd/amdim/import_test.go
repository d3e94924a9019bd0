package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/train"
)

// authors is a checkpoint of the authors' layout. Tests change the working folder:
// it is called before.
func authors(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "format", "original", "testdata", name+".pth.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// authorsFiles puts a checkpoint of the authors' layout beside broken ones into
// the working folder.
func authorsFiles(t *testing.T, sound []byte) {
	t.Helper()
	put(t, "sound.pth", sound)
	put(t, "cut.pth", sound[:len(sound)/2])
	for name, pickle := range map[string]string{
		"code.pth": "cposix\nsystem\n(X\x04\x00\x00\x00exit\x74R.", "wrong.pth": "\x80\x02}.",
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.Create("archive/data.pkl")
		if err == nil {
			_, err = w.Write([]byte(pickle))
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		put(t, name, b.Bytes())
	}
}

// settingsIn are those of a run or a checkpoint.
func settingsIn(t *testing.T, path string) (config.Config, checkpoint.Meta) {
	t.Helper()
	file, err := train.CheckpointOf(path)
	if err != nil {
		t.Fatal(err)
	}
	meta, err := readMeta(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse(meta.Config)
	if err != nil {
		t.Fatal(err)
	}
	return c, meta
}

func TestAnImportIsAModelForEveryVerb(t *testing.T) {
	cpt, small := authors(t, "px64_bn"), authors(t, "px32")
	t.Chdir(t.TempDir())
	put(t, "cpt.pth", cpt)
	put(t, "small.pth", small)
	for i := range 24 {
		put(t, filepath.Join("good", []string{"cat", "dog"}[i%2], strconv.Itoa(i)+".png"), photo(t, 64, i))
	}
	out, messages, err := execute("import", "cpt.pth", "--out", "runs/cpt")
	const want = "64 px, ndf 1, n_rkhs 8, n_depth 2, use_bn true, after 70,000 updates"
	if err != nil || !strings.Contains(out, want) ||
		!strings.Contains(messages, "does not say how images are prepared: using mean [0.43 0.42 0.39]") {
		t.Fatalf("%v: %s%s", err, out, messages)
	}
	c, meta := settingsIn(t, "runs/cpt")
	if c.Model.TClip != 17.5 || c.Augment.Resize != 70 || meta.Step != 70000 || meta.Epoch != 4 ||
		meta.Preprocessing.Resize != 70 {
		t.Errorf("%+v, %+v", c.Model, meta)
	}
	mustRun(t, "import small.pth --out small.safetensors --data-set cifar100")
	for _, line := range []string{
		"inspect runs/cpt --verify", "inspect small.safetensors --verify", "report runs/cpt",
		"eval --model runs/cpt --data folder:good --k 1 --probes 1 --no-baselines",
		"report runs/cpt --data folder:good",
		"pretrain --init runs/cpt --data folder:good --out runs/adapted --batch 8 --epochs 1",
		"embed --model small.safetensors --data folder:good --out photos.npy",
		"search --index photos.npy --model small.safetensors good/cat/0.png",
	} {
		mustRun(t, line)
	}
	_, messages, err = execute("report", "runs/cpt")
	const note = "note: the run does not say what it was trained on"
	if err != nil || !strings.Contains(messages, note) {
		t.Errorf("report of an imported run: %v, %q, want %q", err, messages, note)
	}
	if page := read(t, train.ReportPath("runs/cpt")); !strings.Contains(page, "Imported after 70000 updates") {
		t.Error("the report does not say that the network was imported")
	}
}

func TestImportTakesThePreparationThatIsNamed(t *testing.T) {
	cpt := authors(t, "px128")
	t.Chdir(t.TempDir())
	put(t, "cpt.pth", cpt)
	mustRun(t, "import cpt.pth --out a --set augment.resize=150 "+
		"--set augment.mean=0.5,0.5,0.5 --set model.mean=0.5,0.5,0.5")
	c, meta := settingsIn(t, "a")
	half := [3]float64{0.5, 0.5, 0.5}
	if c.Augment.Resize != 150 || c.Model.Mean != half || meta.Preprocessing.Mean != half ||
		c.Model.Std != [3]float64{0.229, 0.224, 0.225} {
		t.Errorf("%+v", c)
	}
	if _, _, err := execute("import", "cpt.pth", "--out", "a"); err == nil || exitCode(err) != exitUsage {
		t.Errorf("a run was replaced: %v", err)
	}
	old := []string{"eval.json", "segmentation.json", "report.html", "quarantine.json", "unreadable.jsonl",
		"epoch-1.safetensors", "checkpoint.prev.safetensors"}
	for _, name := range old {
		put(t, filepath.Join("a", name), []byte("of another network"))
	}
	put(t, "cut.pth", cpt[:len(cpt)/2])
	before := contents(t)
	held, err := train.Hold("a")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := execute("import", "cpt.pth", "--out", "a", "--overwrite"); !errors.Is(err, train.ErrBusy) {
		t.Errorf("imported into a folder that a training has: %v", err)
	}
	held.Close()
	if _, _, err := execute("import", "cut.pth", "--out", "a", "--overwrite"); err == nil {
		t.Error("half a file was imported")
	}
	if !maps.Equal(contents(t), before) {
		t.Error("what was there was lost to a file that cannot be read")
	}
	mustRun(t, "import cpt.pth --out a --overwrite --data-set places205")
	for _, name := range old {
		if _, err := os.Stat(filepath.Join("a", name)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s of the network before is still there: %v", name, err)
		}
	}
	if commands := read(t, filepath.Join("a", "commands.txt")); strings.Count(commands, "\n") != 1 {
		t.Errorf("commands:\n%s", commands)
	}
	if c, _ := settingsIn(t, "a"); c.Augment.Resize != 146 {
		t.Errorf("%+v", c.Augment)
	}
}

// What is exported for PyTorch and imported again is the same file, and has the
// preparation of images in it.
func TestExportsAndImportsCloseTheCircle(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "pretrain --preset demo --batch 4 --data shapes:train=8,test=8 --out run --max-steps 2 "+
		"--epochs 1 --set model.ndf=4 --set model.n_rkhs=16 --set model.n_depth=1 --set augment.resize=36 "+
		"--set model.mix.k=2") // a mixture has no place in the authors' layout, and changes nothing of f1
	state := read(t, "run/checkpoint.safetensors")
	_, _, err := execute("export", "--model", "run", "--out", "run/checkpoint.safetensors", "--overwrite")
	if err == nil || exitCode(err) != exitUsage || read(t, "run/checkpoint.safetensors") != state {
		t.Errorf("exported over the state of the run: %v", err)
	}
	mustRun(t, "export --model run --out x.pth")
	mustRun(t, "import x.pth --out again.safetensors")
	mustRun(t, "export --model again.safetensors --out y.pth --no-card")
	if read(t, "x.pth") != read(t, "y.pth") {
		t.Error("another file after a way around")
	}
	a, before := settingsIn(t, "run")
	b, after := settingsIn(t, "again.safetensors")
	if a.Model.TClip != b.Model.TClip || b.Augment.Resize != 36 || before.Preprocessing != after.Preprocessing ||
		after.Step != 2 {
		t.Errorf("%+v, %+v", b, after)
	}
	mustRun(t, "export --model run --out x.safetensors")
	mustRun(t, "inspect x.safetensors --verify")
	for _, model := range []string{"run", "again.safetensors", "x.safetensors"} {
		out := strings.TrimSuffix(model, ".safetensors") + ".npy"
		mustRun(t, "embed --model "+model+" --precision f32 --data shapes:train=8,test=8 --out "+out)
	}
	want, err := embedding.Load("run.npy")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"again.npy", "x.npy"} {
		got, err := embedding.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range got.X {
			if math.Float32bits(x) != math.Float32bits(want.X[i]) {
				t.Fatalf("%s: number %d is %g, want %g", path, i, x, want.X[i])
			}
		}
	}
}
