package amdim

import (
	"context"
	"errors"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/train"
)

func mixedConfig(t *testing.T) PretrainConfig {
	c := tinyConfig(t.TempDir())
	c.MaxSteps, c.Set = 0, append(c.Set, "model.mix.k=3", "model.mix.tau=5")
	return c
}

// mixedRun pretrains a very small network with a mixture to its end.
func mixedRun(t *testing.T) string {
	t.Helper()
	c := mixedConfig(t)
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	return c.Out
}

func openAt(t *testing.T, run string, o Options) *Model {
	t.Helper()
	m, err := Open(run, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

func TestEveryPixelHasAComponent(t *testing.T) {
	m := openAt(t, mixedRun(t), Options{})
	grey, clear := image.NewGray(image.Rect(5, 7, 45, 97)), image.NewNRGBA(image.Rect(0, 0, 60, 20))
	for name, img := range map[string]image.Image{
		"drawn": stripes(70, 50, 3), "grey": grey, "transparent": clear, "wide": stripes(90, 9, 1),
		"high": stripes(5, 60, 2), "a pixel": stripes(1, 1, 1), "decoded": picture{imagefile.From(photo(4))},
		"a line": image.NewGray(image.Rect(0, 0, 1, 4000)),
	} {
		for _, o := range []SegmentOptions{
			{}, {Side: 40, Step: 4, Tau: 1, Bilinear: true, Fit: -1, Least: 0.1}, {Fit: 3},
		} {
			s, err := m.Segment(context.Background(), img, o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			size := img.Bounds().Size()
			if s.Labels.W != size.X || s.Labels.H != size.Y || s.Labels.Validate() != nil || s.Grid.K != 3 {
				t.Errorf("%s: labels of %d×%d, %d components", name, s.Labels.W, s.Labels.H, s.Grid.K)
			}
			label, least, most := slices.Max(s.Labels.Label), slices.Min(s.Confidence), slices.Max(s.Confidence)
			if label > 2 || least < 0 || most > 1 {
				t.Errorf("%s: label %d, confidence %v to %v", name, label, least, most)
			}
			drawn, err := s.Overlay()
			if err != nil || drawn.Bounds().Size() != size || drawn.At(0, 0) == (color.RGBA{}) {
				t.Errorf("%s: overlay %v, %v", name, drawn.Bounds(), err)
			}
		}
	}
}

func TestAFinishedMixtureSegmentsWithoutItsImages(t *testing.T) {
	ctx, run, img := context.Background(), mixedRun(t), photo(3)
	kept := train.NegativesPath(train.CheckpointPath(run))
	alike := SegmentOptions{Share: -1} // of two updates: one component is all that is needed
	first, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openAt(t, run, Options{}).Segment(ctx, img, alike)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(kept); err != nil {
		t.Fatal(err)
	}
	again, err := openAt(t, run, Options{Threads: 1}).Segment(ctx, img, alike)
	if err != nil || !slices.Equal(s.Grid.V, again.Grid.V) || !slices.Equal(s.Labels.Label, again.Labels.Label) {
		t.Errorf("with negatives that are learnt again: %v, other numbers", err)
	}
	if second, err := os.ReadFile(kept); err != nil || !slices.Equal(first, second) {
		t.Errorf("other negatives are kept, %v", err)
	}
	other, err := openAt(t, run, Options{Negatives: "shapes:train=9,seed=4"}).Segment(ctx, img, alike)
	if err != nil || slices.Equal(s.Grid.V, other.Grid.V) {
		t.Errorf("with negatives of other images: %v, the same numbers", err)
	}
	if second, err := os.ReadFile(kept); err != nil || !slices.Equal(first, second) {
		t.Errorf("negatives of other images are kept, %v", err)
	}
}

func TestNegativesThatCannotBeKeptAreUsed(t *testing.T) {
	run := mixedRun(t)
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(run))); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(run, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(run, 0o755) })
	if os.WriteFile(filepath.Join(run, "probe"), nil, 0o644) == nil {
		t.Skip("this user may write to any folder")
	}
	m := openAt(t, run, Options{})
	if _, err := m.Segment(context.Background(), photo(3), SegmentOptions{}); err != nil {
		t.Error(err)
	}
}

func TestPreparingARunFailsIfNothingCanBeKept(t *testing.T) {
	dir, c := photos(t, 8), mixedConfig(t)
	c.Data = "folder:" + dir
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(c.Out))); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "another.png", encode(t, photo(9)))
	err := prepareRun(context.Background(), c.Out, Options{})
	if err == nil || !strings.Contains(err.Error(), "not kept: "+c.Data+" holds other images") {
		t.Errorf("error %v", err)
	}
}

// A model that is trained anew ends at the same update.
func TestSegmentTakesNoOtherNetworkThanWasOpened(t *testing.T) {
	m := openAt(t, mixedRun(t), Options{})
	c := mixedConfig(t)
	c.Out, c.Set = m.path, append(c.Set, "train.seed=9")
	if err := os.RemoveAll(c.Out); err != nil {
		t.Fatal(err)
	}
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	_, err := m.Segment(context.Background(), photo(0), SegmentOptions{})
	want := m.path + " no longer holds the network of update 3"
	if !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), want) {
		t.Errorf("%v", err)
	}
	if err := openAt(t, c.Out, Options{}).PrepareSegment(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestOnlyWhatSegmentsNeedsItsCheckpointAgain(t *testing.T) {
	ctx, run, plain := context.Background(), mixedRun(t), tinyConfig(t.TempDir())
	if _, err := Pretrain(ctx, plain); err != nil {
		t.Fatal(err)
	}
	m, prepared, other := openAt(t, run, Options{}), openAt(t, run, Options{}), openAt(t, plain.Out, Options{})
	if err := prepared.PrepareSegment(ctx); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{run, plain.Out} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.PrepareSegment(ctx); !errors.Is(err, ErrChanged) || !strings.Contains(err.Error(), run) {
		t.Errorf("its run is gone: %v", err)
	}
	if _, err := prepared.Segment(ctx, photo(1), SegmentOptions{}); err != nil {
		t.Errorf("its run is gone since it was prepared: %v", err)
	}
	if err := other.PrepareSegment(ctx); !errors.Is(err, ErrNoMixture) || errors.Is(err, ErrChanged) {
		t.Errorf("the run of a model without a mixture is gone: %v", err)
	}
}

func TestManyMaySegmentAtOnce(t *testing.T) {
	ctx := context.Background()
	m := openAt(t, mixedRun(t), Options{})
	want := make([]*Segmentation, 3)
	for i := range want {
		var err error
		if want[i], err = m.Segment(ctx, photo(i), SegmentOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for i := range 9 {
		all.Go(func() {
			if i > 5 {
				if _, err := m.Embed(ctx, photo(i)); err != nil {
					t.Error(err)
				}
				return
			}
			s, err := m.Segment(ctx, photo(i%3), SegmentOptions{})
			if err != nil || !slices.Equal(s.Labels.Label, want[i%3].Labels.Label) {
				t.Errorf("image %d: %v, other labels", i%3, err)
			}
		})
	}
	all.Wait()
	all.Go(func() { m.Close() })
	if _, err := m.Segment(ctx, photo(0), SegmentOptions{}); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("beside Close: %v", err)
	}
	all.Wait()
	if err := m.PrepareSegment(ctx); !errors.Is(err, ErrClosed) || !strings.HasPrefix(err.Error(), "amdim: ") {
		t.Errorf("after Close: %v", err)
	}
}

func TestWhatCannotBeSegmentedIsNamed(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	run, plain := mixedRun(t), open(t, Options{})
	m := openAt(t, run, Options{})
	lost := lostRun(t)
	segment := func(m *Model, img image.Image, o SegmentOptions) error {
		_, err := m.Segment(ctx, img, o)
		return err
	}
	if err := plain.PrepareSegment(ctx); !errors.Is(err, ErrNoMixture) {
		t.Errorf("plain: %v", err)
	}
	if err := openAt(t, lost, Options{}).PrepareSegment(ctx); !errors.Is(err, ErrNoNegatives) {
		t.Errorf("data lost: %v", err)
	}
	for _, c := range []struct {
		what string
		do   func() error
		want string
	}{
		{"no image", func() error { return segment(m, nil, SegmentOptions{}) }, "segment: the image is empty"},
		{"empty", func() error { return segment(m, stripes(0, 9, 1), SegmentOptions{}) }, "the image is empty"},
		{"endless", func() error { return segment(m, image.NewUniform(color.Black), SegmentOptions{}) },
			"segment: the image has 2000000000×2000000000 pixels: more than the limit of 200 million"},
		{"step", func() error { return segment(m, photo(0), SegmentOptions{Step: 3}) }, "step = 3"},
		{"side", func() error { return segment(m, photo(0), SegmentOptions{Side: -1}) }, "side = -1"},
		{"least", func() error { return segment(m, photo(0), SegmentOptions{Least: -1}) }, "least = -1"},
		{"step, asked", func() error { return m.CheckSegment(SegmentOptions{Step: 3}) }, "amdim: segment: "},
		{"plain, asked", func() error { return plain.CheckSegment(SegmentOptions{}) }, "no mixture"},
		{"plain", func() error { return segment(plain, photo(0), SegmentOptions{}) }, "no mixture"},
		{"plain, prepared", func() error { return plain.PrepareSegment(ctx) }, "no mixture"},
		{"negatives", func() error {
			return segment(openAt(t, run, Options{Negatives: "shape"}), photo(0), SegmentOptions{})
		}, `score locations against: data: unknown kind "shape"`},
		{"data lost", func() error { return openAt(t, lost, Options{}).PrepareSegment(ctx) },
			"no negatives are kept beside the model as " + train.NegativesPath(train.CheckpointPath(lost)) +
				", and the images that it was trained on cannot be used: data: "},
		{"damaged", func() error {
			if err := os.WriteFile(train.NegativesPath(train.CheckpointPath(run)), []byte("torn"), 0o644); err != nil {
				return err
			}
			return openAt(t, run, Options{}).PrepareSegment(ctx)
		}, "delete the file to have the negatives taken again"},
		{"cancelled", func() error { cancel(); return segment(m, photo(0), SegmentOptions{}) }, "context canceled"},
	} {
		if err := c.do(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.what, err, c.want)
		}
	}
	if err := m.CheckSegment(SegmentOptions{Side: 40, Step: 4, Least: 0.1, Fit: -1}); err != nil {
		t.Errorf("options that are right: %v", err)
	}
	other := openAt(t, lost, Options{Negatives: "shapes:train=9"})
	if err := segment(other, photo(0), SegmentOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := other.Segment(context.Background(), photo(0), SegmentOptions{}); err != nil {
		t.Errorf("with other negatives: %v", err)
	}
}

func TestOnlyMinusOneIsNone(t *testing.T) {
	m := openAt(t, mixedRun(t), Options{})
	for want, o := range map[string]SegmentOptions{
		"share = -0.5": {Share: -0.5}, "fit = -2": {Fit: -2}, "": {Share: -1, Fit: -1},
	} {
		err := m.CheckSegment(o)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// lostRun is that of a mixture that was stopped, and whose images, of which one is
// damaged, are gone.
func lostRun(t *testing.T) string {
	t.Helper()
	c, dir := mixedConfig(t), photos(t, 11)
	c.Data, c.MaxSteps = "folder:"+dir, 1
	c.Set = append(c.Set, "train.epochs=3", "train.batch=4")
	if _, err := Pretrain(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	m := openAt(t, c.Out, Options{Negatives: c.Data})
	if err := m.PrepareSegment(context.Background()); err != nil {
		t.Errorf("with a damaged image: %v", err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return c.Out
}

// Linux has folders whose names are not valid UTF-8, which JSON does not hold.
func TestAFolderOfAnyNameIsFoundAgain(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("names of files are Unicode on " + runtime.GOOS)
	}
	ctx, c := context.Background(), mixedConfig(t)
	dir := filepath.Join(t.TempDir(), "caf\xe9")
	if err := os.Rename(photos(t, 9), dir); err != nil {
		t.Skip(err)
	}
	if err := os.Remove(filepath.Join(dir, "damaged.png")); err != nil {
		t.Fatal(err)
	}
	c.Data = "folder:" + dir
	if _, err := Pretrain(ctx, c); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(train.NegativesPath(train.CheckpointPath(c.Out))); err != nil {
		t.Fatal(err)
	}
	m := openAt(t, c.Out, Options{})
	if err := m.PrepareSegment(ctx); err != nil {
		t.Error(err)
	}
	set, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if folder, ok := data.FolderOf(reloaded(t, set).Model.Images); folder != dir || !ok {
		t.Errorf("vectors of %q, want %q", folder, dir)
	}
}
