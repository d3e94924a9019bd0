package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/train"
)

// photo is a PNG of n×n pixels with a pattern of its own.
func photo(t *testing.T, n, seed int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, n, n))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*(2*seed+3) + i/n*seed)
	}
	img.Set(0, 0, color.Gray{uint8(seed)})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claim is a PNG whose header promises w×h pixels, and no more.
func claim(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), "\x08\x00\x00\x00\x00"...)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// put writes a file and the folders it lies in.
func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// mustRun runs a command line that is right, and returns what it prints.
func mustRun(t *testing.T, line string, more ...string) string {
	t.Helper()
	out, messages, err := execute(append(strings.Fields(line), more...)...)
	if err != nil {
		t.Fatalf("amdim %s: %v\n%s", line, err, messages)
	}
	return out
}

// smallPhotos trains a small encoder of photographs; a batch has 4.
const smallPhotos = "pretrain --preset photos-tiny --batch 4 --epochs 2 " +
	"--set model.ndf=4 --set model.n_rkhs=32 --set model.n_depth=1 "

// altered is a checkpoint in which arrays pass through f.
type altered struct {
	*checkpoint.Reader
	f func(name string, v []float32)
}

func (a altered) Each(f func(name string, v []float32) error) error {
	return a.Reader.Each(func(name string, v []float32) error {
		a.f(name, v)
		return f(name, v)
	})
}

// rewriteAs writes the checkpoint of a run anew: arrays of from through f, under
// the settings of like.
func rewriteAs(t *testing.T, to, from, like string, f func(name string, v []float32)) {
	t.Helper()
	var readers [2]*checkpoint.Reader
	for i, run := range []string{from, like} {
		r, err := checkpoint.Open(train.CheckpointPath(run))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		readers[i] = r
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	var vars []graph.Var
	for _, e := range readers[0].Entries {
		if !graph.IsSlot(e.Name) {
			vars = append(vars, graph.Var{Name: e.Name, Shape: e.Shape})
		}
	}
	meta := maps.Clone(readers[1].Meta)
	if err := checkpoint.Write(train.CheckpointPath(to), altered{readers[0], f}, vars, meta); err != nil {
		t.Fatal(err)
	}
}

// badInputs fills the working folder with what users may have by accident, and
// with a run that must not be lost.
func badInputs(t *testing.T) {
	t.Helper()
	sound := authors(t, "px32")
	t.Chdir(t.TempDir())
	for i := range 24 {
		put(t, filepath.Join("good", []string{"cat", "dog"}[i%2], strconv.Itoa(i)+".png"), photo(t, 64, i))
	}
	for i := range 12 {
		content := photo(t, 64, i)
		if i%2 == 0 {
			content = content[:len(content)/2]
		}
		put(t, filepath.Join("torn", strconv.Itoa(i)+".png"), content)
	}
	for i := range 40 {
		put(t, filepath.Join("oneclass", "cat", strconv.Itoa(i)+".png"), photo(t, 64, i))
	}
	put(t, "few/0.png", photo(t, 64, 0))
	put(t, "few/1.png", photo(t, 64, 1))
	put(t, "noimage/letter.jpg", []byte("Dear Sir or Madam,"))
	put(t, "huge/wall.png", claim(40000, 40000))
	put(t, "thin/line.png", claim(1, 65535))
	put(t, "text/notes.txt", []byte("no image"))
	put(t, "letter.txt", []byte("Dear Sir or Madam,"))
	put(t, "letter.pth", []byte("Dear Sir or Madam,"))
	put(t, "letter.npy", []byte("Dear Sir or Madam,"))
	put(t, "letter.json", []byte(`{"model": {"nfd": 3}}`))
	put(t, "policy.json", []byte(`[[["Rotat", 0.5, 0.5]]]`))
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	mustRun(t, smallPhotos+"--data folder:good --out run --max-steps 2")
	mustRun(t, "data check folder:oneclass --quarantine oneclass.json")
	mustRun(t, "pretrain --preset demo --batch 4 --data shapes:train=8,test=8 --out other --max-steps 1 "+
		"--epochs 1 --set model.ndf=4 --set model.n_rkhs=16 --set model.n_depth=1")
	mustRun(t, "embed --model run --data folder:good --out photos.npy")
	mustRun(t, "classify --model run --labelled folder:good --keep-classifier classes.safetensors")
	put(t, "gone/0.png", photo(t, 64, 0))
	put(t, "gone/1.png", photo(t, 64, 1))
	mustRun(t, smallPhotos+"--data folder:gone --out mix --max-steps 1 --batch 2 --mix-k 2")
	mustRun(t, smallPhotos+"--data folder:few --out kept --epochs 1 --batch 2 --mix-k 2")
	put(t, "segments/0.labels.png", []byte("mine"))
	if err := errors.Join(os.Remove("gone/0.png"), os.Remove("gone/1.png")); err != nil {
		t.Fatal(err)
	}
	rewriteAs(t, "nan", "run", "run", func(_ string, v []float32) { v[len(v)/2] = float32(math.NaN()) })
	rewriteAs(t, "mixed", "other", "run", func(string, []float32) {})
	whole := []byte(read(t, train.CheckpointPath("run")))
	put(t, train.CheckpointPath("cut"), whole[:len(whole)/2])
	put(t, train.CheckpointPath("flipped"), append(whole[:len(whole)-1:len(whole)-1], whole[len(whole)-1]^1))
	put(t, checkpoint.Previous(train.CheckpointPath("flipped")), whole)
	put(t, train.MetricsPath("flipped"), nil)
	authorsFiles(t, sound)
	vectors := []byte(read(t, "photos.npy"))
	put(t, "cut.npy", vectors[:len(vectors)-7])
	put(t, "cut.names.jsonl", []byte("{}\n"))
}

// contents are the digests of all files below the working folder.
func contents(t *testing.T) map[string][32]byte {
	t.Helper()
	all := map[string][32]byte{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all[path] = sha256.Sum256(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// badInput is a command line that must be refused. A run may begin in the folder
// new; nothing else may change.
type badInput struct {
	args string
	code int
	want []string // the culprit, and what to do
}

func (b badInput) check(t *testing.T, before map[string][32]byte) {
	t.Helper()
	out, messages, err := execute(strings.Fields(b.args)...)
	if err == nil {
		t.Errorf("amdim %s: no error, stdout %q, stderr %q", b.args, out, messages)
		return
	}
	t.Logf("amdim %s\n\t%d %s", b.args, exitCode(err), told(err))
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("amdim %s: more than a line: %q", b.args, err)
	}
	for _, want := range b.want {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("amdim %s:\n\t%v\n\tlacks %q", b.args, err, want)
		}
	}
	if code := exitCode(err); code != b.code {
		t.Errorf("amdim %s: exit code %d, want %d", b.args, code, b.code)
	}
	if out != "" && !strings.HasPrefix(b.args, "inspect") {
		t.Errorf("amdim %s: printed a result %q", b.args, out)
	}
	if err := os.RemoveAll("new"); err != nil {
		t.Fatal(err)
	}
	after := contents(t)
	for path := range after {
		if _, ok := before[path]; !ok {
			t.Errorf("amdim %s: left %s", b.args, path)
			os.Remove(path)
		}
	}
	for path, sum := range before {
		if after[path] != sum {
			t.Fatalf("amdim %s: changed or lost %s", b.args, path)
		}
	}
}

// Each is answered by one line that names the culprit and what to do, and a
// documented exit code; nothing that was there is changed and nothing is left.
func TestBadInputIsNamedAndLosesNothing(t *testing.T) {
	badInputs(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cases := slices.Concat(badData, badRuns, badModels, badIndexes, badServers, badSegments, badCheckpoints)
	cases = append(cases, busyAddress(taken.Addr().String()))
	if len(cases) < 40 {
		t.Errorf("%d cases, need 40", len(cases))
	}
	before := contents(t)
	for _, c := range cases {
		c.check(t, before)
	}
	mustRun(t, "inspect run --verify")
}
