package pack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/npy"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// pictures are n images whose pixels follow from their number.
type pictures struct {
	n      int
	size   func(i int) (h, w int)
	broken func(i int) bool
	seen   func(i int) // called before an image is made
}

// mixed are 40 images of many sizes, of which some cannot be read.
func mixed() *pictures {
	return &pictures{
		n: 40, seen: func(int) {},
		size:   func(i int) (int, int) { return 1 + i%5, 1 + i*7%11 },
		broken: func(i int) bool { return i == 0 || i%9 == 8 },
	}
}

// square are 40 images of one size.
func square() *pictures {
	p := mixed()
	p.size = func(int) (int, int) { return 4, 4 }
	p.broken = func(int) bool { return false }
	return p
}

func (p *pictures) Len() int          { return p.n }
func (p *pictures) Label(i int) int   { return i%3 - 1 }
func (p *pictures) Classes() []string { return []string{"cat", "dog"} }
func (p *pictures) Digest() string    { return fmt.Sprint("digest of ", p.n) }

func (p *pictures) Image(i int) (tensor.Image, error) {
	p.seen(i)
	if p.broken(i) {
		return tensor.Image{}, errors.New("torn")
	}
	img := tensor.NewImage(p.size(i))
	for k := range img.Pix {
		img.Pix[k] = uint8(i*31 + k*7)
	}
	return img, nil
}

func taskOf(train, test *pictures, threads int) Task {
	name := func(i int) string { return strings.Repeat("d/", i%4) + fmt.Sprint(i, ".png") }
	return Task{Spec: "folder:photos", Threads: threads, Sources: []Source{
		{Split: "train", Images: train, Name: name, Unreadable: train.n},
		{Split: "test", Images: test},
	}}
}

// writeEvery packs with a commit after so many bytes.
func writeEvery(ctx context.Context, dir string, t Task, every int64) error {
	p := packer{Task: t, dir: dir, every: every}
	_, err := p.run(ctx)
	return err
}

// files are the names and digests of all that is in a folder.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return all
}

// whole is a pack that was never stopped.
func whole(t *testing.T, train, test *pictures) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pack")
	if err := writeEvery(context.Background(), dir, taskOf(train, test, 1), 1000); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Both would write at the offsets that they know of.
func TestTwoDoNotPackIntoOneFolder(t *testing.T) {
	dir, other := t.TempDir(), error(nil)
	train := mixed()
	train.seen = func(i int) {
		if i == 20 {
			_, other = Write(context.Background(), dir, taskOf(mixed(), square(), 1))
		}
	}
	if _, err := Write(context.Background(), dir, taskOf(train, square(), 1)); err != nil {
		t.Fatal(err)
	}
	if other == nil || !strings.Contains(other.Error(), dir+": another packing is using the folder") {
		t.Errorf("the second one: %v", other)
	}
	if got, want := files(t, dir), files(t, whole(t, mixed(), square())); !maps.Equal(got, want) {
		t.Error("the pack is another one")
	}
}

func TestCtrlCBehindAnErrorKeepsNothingHalfDone(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir, bad := t.TempDir(), 0
	task := taskOf(mixed(), square(), 1)
	task.Sources[0].Unreadable = 2
	task.Sources[0].Reason = func(err error) (string, bool) {
		if bad++; bad == 3 {
			cancel()
		}
		return err.Error(), true
	}
	if _, err := Write(ctx, dir, task); !errors.Is(err, ErrUnreadable) {
		t.Errorf("too many unreadable images, then Ctrl-C: %v", err)
	}
	if _, err := Write(context.Background(), dir, taskOf(mixed(), square(), 1)); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), files(t, whole(t, mixed(), square())); !maps.Equal(got, want) {
		t.Error("the pack is another one")
	}
	if _, err := Open(dir); err != nil {
		t.Error(err)
	}
}

// A pack with a hole for every image that a failing disk did not give would be kept.
func TestAnErrorOfTheDiskIsNoUnreadableImage(t *testing.T) {
	want, dir, failed := files(t, whole(t, mixed(), square())), t.TempDir(), 0
	task := taskOf(mixed(), square(), 1)
	task.Sources[0].Reason = func(err error) (string, bool) {
		failed++
		return err.Error(), failed > 1
	}
	if _, err := Write(t.Context(), dir, task); err == nil || !strings.HasSuffix(err.Error(), "torn") {
		t.Errorf("the disk failed: %v", err)
	}
	if _, err := Write(t.Context(), dir, task); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !maps.Equal(got, want) {
		t.Error("packed to other bytes than those of a sound disk")
	}
}

func TestThePackIsTheSameForAnyNumberOfThreads(t *testing.T) {
	want := files(t, whole(t, mixed(), square()))
	if len(want) != 9 {
		t.Fatalf("%d files", len(want))
	}
	for _, c := range []struct {
		threads int
		every   int64
	}{{2, 200}, {7, 1000}, {50, commitBytes}} {
		dir := t.TempDir()
		if err := writeEvery(context.Background(), dir, taskOf(mixed(), square(), c.threads), c.every); err != nil {
			t.Fatal(err)
		}
		if got := files(t, dir); !maps.Equal(got, want) {
			t.Errorf("%+v: other files", c)
		}
	}
}

// Stopped at any image and run again, with garbage behind what was committed as a
// kill leaves it, packing comes to the same bytes; before that the folder is no
// pack.
func TestStoppedPackingGoesOnToTheSameBytes(t *testing.T) {
	want := files(t, whole(t, mixed(), square()))
	// Stops are further apart than the images in work, which may be packed in spite of one.
	for _, stops := range [][]int{{0}, {39}, {3, 20, 33}, {40}, {79}} {
		for _, threads := range []int{1, 3} {
			dir := t.TempDir()
			for _, at := range stops {
				ctx, cancel := context.WithCancel(context.Background())
				train, test := mixed(), square()
				train.seen = stopAt(at, cancel)
				test.seen = stopAt(at-40, cancel)
				err := writeEvery(ctx, dir, taskOf(train, test, threads), 700)
				if !errors.Is(err, context.Canceled) {
					t.Fatalf("stopped at %d: %v", at, err)
				}
				if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not finished") {
					t.Fatalf("stopped at %d: opened, %v", at, err)
				}
				appendGarbage(t, dir)
			}
			if err := writeEvery(context.Background(), dir, taskOf(mixed(), square(), threads), 700); err != nil {
				t.Fatal(err)
			}
			if got := files(t, dir); !maps.Equal(got, want) {
				t.Errorf("stopped at %d, %d threads: other files", stops, threads)
			}
		}
	}
}

func stopAt(at int, stop func()) func(int) {
	return func(i int) {
		if i == at {
			stop()
		}
	}
}

func appendGarbage(t *testing.T, dir string) {
	t.Helper()
	for name := range files(t, dir) {
		if !strings.HasSuffix(name, ".npy") {
			continue
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, "garbage behind the last commit")
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a kill leaves between the manifest's rename and the journal's removal is a
// pack, and packing again tidies up.
func TestAPackIsLeftAsItIs(t *testing.T) {
	dir := whole(t, mixed(), square())
	want := files(t, dir)
	for _, name := range []string{journalName, journalName + ".tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(dir); err != nil {
		t.Fatal(err)
	}
	train := mixed()
	train.seen = func(i int) { t.Errorf("image %d was read again", i) }
	if _, err := Write(context.Background(), dir, taskOf(train, square(), 2)); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !maps.Equal(got, want) {
		t.Error("other files")
	}
}

func TestImagesOfOneSizeAreAnArrayOfFourSizes(t *testing.T) {
	dir, bytes := whole(t, mixed(), square()), 0
	for i, p := 0, mixed(); i < p.n; i++ {
		img, _ := p.Image(i)
		bytes += len(img.Pix)
	}
	for _, c := range []struct {
		split string
		want  string
	}{{"train", fmt.Sprintf("[%d]", bytes)}, {"test", "[40 4 4 3]"}} {
		a, err := openArray(arrayPath(dir, c.split, "images"))
		if err != nil || a.Type != npy.Uint8 || fmt.Sprint(a.Shape) != c.want || a.start != headerBytes {
			t.Errorf("%s: %d of %q at %d, %v", c.split, a.Shape, a.Type, a.start, err)
		}
	}
}

func TestWriteRefusesWithOneLine(t *testing.T) {
	stranger, other, begun := t.TempDir(), whole(t, mixed(), square()), t.TempDir()
	if err := os.WriteFile(filepath.Join(stranger, "letter.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := mixed()
	stopped.seen = stopAt(20, cancel)
	writeEvery(ctx, begun, taskOf(stopped, square(), 1), 300)
	fewer, nothing := mixed(), mixed()
	fewer.n--
	nothing.broken = func(int) bool { return true }
	reduced := taskOf(mixed(), square(), 1)
	reduced.Side = 96
	strict := taskOf(mixed(), square(), 1)
	strict.Sources[0].Unreadable = 2
	for _, c := range []struct {
		name, dir string
		task      Task
		want      string
	}{
		{"a folder of other things", stranger, taskOf(mixed(), square(), 1), "letter.txt: a pack needs a folder"},
		{"a file", filepath.Join(stranger, "letter.txt"), taskOf(mixed(), square(), 1), "letter.txt"},
		{"a pack of another side", other, reduced, "reduced to side 0, not 96"},
		{"a pack of other images", other, taskOf(fewer, square(), 1), "whose images differ"},
		{"begun with another side", begun, reduced, "reduced to side 0, not 96"},
		{"begun with other images", begun, taskOf(fewer, square(), 1), "packing was started there, but"},
		{"damaged", t.TempDir(), strict, "3 of the first 18, at most 2 are allowed; the last, d/17.png: torn"},
		{"nothing to read", t.TempDir(), taskOf(nothing, square(), 1), "none of the 40 images of split train"},
	} {
		_, err := Write(context.Background(), c.dir, c.task)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// named are pictures of classes with names of their own.
type named struct {
	*pictures
	classes []string
}

func (n named) Classes() []string { return n.classes }

// JSON keeps "caf\xe9", which a folder may be called, as text only.
func TestClassesNeedNotBeUnicode(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pack")
	task := taskOf(mixed(), square(), 1)
	for k := range task.Sources {
		task.Sources[k].Images = named{task.Sources[k].Images.(*pictures), []string{"caf\xe9", "tea"}}
	}
	for range 2 {
		m, err := Write(context.Background(), dir, task)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"caf\ufffd", "tea"}; !slices.Equal(m.Classes, want) {
			t.Errorf("classes %q, want %q", m.Classes, want)
		}
	}
	task.Sources[0].Images = named{mixed(), []string{"caf\xe8", "caf\xe9"}}
	_, err := Write(context.Background(), t.TempDir(), task)
	if err == nil || !strings.Contains(err.Error(), `classes "caf\xe8" and "caf\xe9"`) {
		t.Errorf("two that are one as text: %v", err)
	}
}

// A panic of a decoder comes out, and no worker waits for its image for ever.
func TestAPanicEndsPacking(t *testing.T) {
	train := mixed()
	train.seen = func(i int) {
		if i == 5 {
			panic("decoder")
		}
	}
	defer func() {
		r := recover()
		if p, ok := r.(*parallel.Panic); !ok || p.Value != "decoder" {
			t.Errorf("recovered %v", r)
		}
	}()
	Write(context.Background(), t.TempDir(), taskOf(train, square(), 3))
	t.Error("no panic")
}
