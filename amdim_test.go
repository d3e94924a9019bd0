package amdim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/tensor"
)

// tinyRun pretrains a very small network for two updates, once for all tests.
var tinyRun = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "amdim-test-*")
	if err != nil {
		return "", err
	}
	_, err = Pretrain(context.Background(), tinyConfig(dir))
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := tinyRun(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

const fewShapes = "shapes:train=24,test=9"

func tinyConfig(out string) PretrainConfig {
	return PretrainConfig{
		Preset: "demo", Data: fewShapes, Out: out, MaxSteps: 2,
		Set: []string{"model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=8", "train.epochs=1"},
	}
}

func open(t *testing.T, o Options) *Model {
	t.Helper()
	run, err := tinyRun()
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(run, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// stripes is a picture of w×h pixels, unlike that of any other seed.
func stripes(w, h, seed int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := (x*(seed+1) + y*(7-seed%5)) * 8
			img.Set(x, y, color.NRGBA{uint8(v), uint8(v >> seed % 3), uint8(seed * 23), 255})
		}
	}
	return img
}

func encode(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photo is larger or smaller than the network's input, and than what images of
// folders are reduced to.
func photo(i int) image.Image { return stripes(30+40*i, 40+50*(i%4), i) }

// photos fills a folder with n pictures of different sizes and one damaged file.
func photos(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		file := encode(t, photo(i))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("p%d.png", i)), file, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	torn := encode(t, stripes(99, 99, 1))[:99]
	if err := os.WriteFile(filepath.Join(dir, "damaged.png"), torn, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestRowsOfADataSetAreThoseOfItsImages(t *testing.T) {
	m := open(t, Options{})
	got, bad, err := m.EmbedData(context.Background(), fewShapes, "test")
	if err != nil || bad != nil {
		t.Fatal(err, bad)
	}
	set, err := data.Open(fewShapes, data.Test, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	images, err := encoder.NewImages(set, m.Px(), m.settings.Augment)
	if err != nil {
		t.Fatal(err)
	}
	want, err := m.encoder.Encode(context.Background(), images)
	if err != nil {
		t.Fatal(err)
	}
	if got.Len() != 9 || !slices.Equal(got.X, want.X) {
		t.Errorf("%d rows, equal %v", got.Len(), slices.Equal(got.X, want.X))
	}
	o := got.Model
	if o.Px != 32 || o.NRKHS != 16 || o.Step != 2 || len(o.Checkpoint) != 64 || o.Split != "test" {
		t.Errorf("origin %+v", o)
	}
	for i := range set.Len() {
		img, err := set.Image(i)
		if err != nil {
			t.Fatal(err)
		}
		one, err := m.Embed(context.Background(), picture{img})
		if err != nil || !slices.Equal(one[0], want.Row(i)) {
			t.Fatalf("image %d alone: %v, other numbers", i, err)
		}
	}
}

func TestOneImageHasOneVectorByAnyWay(t *testing.T) {
	dir := photos(t, 11)
	ctx := context.Background()
	m := open(t, Options{Threads: 1})
	folder, bad, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) != 1 || bad[0].Name != "damaged.png" || folder.Len() != 11 || folder.Names[2] != "p10.png" {
		t.Fatalf("unreadable %v, names %q", bad, folder.Names)
	}
	var paths []string
	var images, drawn []image.Image
	for _, name := range folder.Names {
		path := filepath.Join(dir, name)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		img, err := Decode(file)
		if err != nil {
			t.Fatal(err)
		}
		paths, images = append(paths, path), append(images, img)
		var number int
		if _, err := fmt.Sscanf(name, "p%d.png", &number); err != nil {
			t.Fatal(err)
		}
		drawn = append(drawn, photo(number))
	}
	files, bad, err := open(t, Options{Threads: 3}).EmbedFiles(ctx, paths...)
	if err != nil || bad != nil || !slices.Equal(files.X, folder.X) || files.Names[0] != paths[0] {
		t.Errorf("by files: %v, %v, equal %v", err, bad, slices.Equal(files.X, folder.X))
	}
	for what, given := range map[string][]image.Image{"decoded": images, "drawn": drawn} {
		vectors, err := m.Embed(ctx, given...)
		if err != nil || !slices.Equal(slices.Concat(vectors...), folder.X) {
			t.Errorf("%s: %v, other numbers", what, err)
		}
	}
}

func TestABatchIsCompiledAboutAsLargeAsItIs(t *testing.T) {
	m := open(t, Options{})
	for _, c := range []struct {
		images   int
		compiled []int
	}{{1, []int{1}}, {2, []int{1, 8}}, {20, []int{1, 8, 32}}, {32, []int{1, 8, 32}}, {70, []int{1, 8, 32, 64}}} {
		images := slices.Repeat([]image.Image{photo(c.images % 4)}, c.images)
		if v, err := m.Embed(context.Background(), images...); err != nil || len(v) != c.images {
			t.Errorf("%d images: %d vectors, %v", c.images, len(v), err)
		}
		if got := slices.Sorted(maps.Keys(m.forwards)); !slices.Equal(got, c.compiled) {
			t.Errorf("%d images: compiled for %d, want %d", c.images, got, c.compiled)
		}
	}
}

func TestAModelMayBeUsedByManyAtOnce(t *testing.T) {
	dir := photos(t, 5)
	ctx := context.Background()
	m := open(t, Options{})
	want, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if i%4 == 3 {
				if s, _, err := m.EmbedFolder(ctx, dir); err != nil || !slices.Equal(s.X, want.X) {
					t.Errorf("folder: %v, other numbers", err)
				}
				return
			}
			for range 3 {
				v, err := m.Embed(ctx, slices.Repeat([]image.Image{photo(i)}, i%4+1)...)
				if err != nil || i < 5 && !slices.Equal(v[0], want.Row(i)) || !slices.Equal(v[0], v[len(v)-1]) {
					t.Errorf("image %d: %v, other numbers", i, err)
				}
			}
		})
	}
	all.Wait()
	all.Go(func() { m.Close() })
	if _, err := m.Embed(ctx, stripes(9, 9, 1)); err != nil && !errors.Is(err, ErrClosed) {
		t.Errorf("beside Close: %v", err)
	}
	all.Wait()
	if _, err := m.Embed(ctx, stripes(9, 9, 1)); !errors.Is(err, ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, _, err := m.EmbedFolder(ctx, dir); !errors.Is(err, ErrClosed) {
		t.Errorf("a folder after Close: %v", err)
	}
	if _, _, err := m.EmbedFolder(ctx, filepath.Join(dir, "gone")); !errors.Is(err, ErrClosed) {
		t.Errorf("no folder after Close: %v", err)
	}
}

func TestWhatCannotBeEmbeddedIsNamed(t *testing.T) {
	m := open(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	damaged := filepath.Join(t.TempDir(), "damaged.png")
	if err := os.WriteFile(damaged, []byte("no image"), 0o644); err != nil {
		t.Fatal(err)
	}
	var bad *Unreadable
	if _, _, err := m.EmbedFiles(ctx, damaged); !errors.As(err, &bad) || bad.Name != damaged {
		t.Errorf("error %v is of no file", err)
	}
	embed := func(images ...image.Image) error {
		_, err := m.Embed(ctx, images...)
		return err
	}
	open := func(path string) error {
		_, err := Open(path, Options{})
		return err
	}
	for _, c := range []struct {
		what string
		do   func() error
		want string
	}{
		{"empty image", func() error { return embed(stripes(9, 9, 1), stripes(0, 9, 1)) }, "image 2 of 2 is empty"},
		{"thin image", func() error { return embed(stripes(9, 9, 1), stripes(2001, 1, 1)) },
			"image 2 of 2 has 2001×1 pixels: one side is more than 2000 times the other"},
		{"endless image", func() error { return embed(image.NewUniform(color.Black)) },
			"pixels: more than the limit of 200 million"},
		{"no image", func() error { return embed(nil) }, "image 1 of 1 is empty"},
		{"bad file", func() error { _, _, err := m.EmbedFiles(ctx, damaged); return err },
			"none of 1 images can be read; the first: " + damaged + ": "},
		{"no files", func() error { _, _, err := m.EmbedFiles(ctx); return err },
			"amdim: embed: no files are given"},
		{"bad bytes", func() error { _, err := Decode([]byte("no image")); return err }, "no image"},
		{"bad path", func() error { _, err := DecodeFile(damaged); return err }, damaged},
		{"split", func() error { _, _, err := m.EmbedData(ctx, "shapes", "val"); return err }, `split "val": need`},
		{"spec", func() error { _, _, err := m.EmbedData(ctx, "shape", ""); return err }, `"shape"`},
		{"folder", func() error { _, _, err := m.EmbedFolder(ctx, damaged); return err }, damaged},
		{"model", func() error { return open(damaged) }, damaged},
		{"threads", func() error { _, err := Open(m.path, Options{Threads: -3}); return err },
			m.path + ": threads = -3, need 0 to 4096"},
		{"no labels", func() error { _, err := m.LearnClasses(ctx, Examples{}, nil); return err }, "no labelled"},
		{"no set", func() error { _, err := NewIndex(nil); return err }, "no images"},
		{"missing set", func() error { _, err := LoadSet(damaged + ".npy"); return err }, damaged + ".npy"},
		{"missing classes", func() error { _, err := LoadClassifier(damaged + "x"); return err }, damaged + "x"},
		{"no classifier", func() error { return m.CheckClassifier(nil) }, "no classifier"},
		{"no index", func() error { return m.CheckIndex(nil) }, "no index"},
		{"missing model", func() error { return open(damaged + "x") }, damaged + "x"},
		{"cancelled", func() error { cancel(); return embed(stripes(9, 9, 1)) }, "context canceled"},
	} {
		err := c.do()
		if text := fmt.Sprint(err); !strings.HasPrefix(text, "amdim: ") || !strings.Contains(text, c.want) {
			t.Errorf("%s: error %v, want %q", c.what, err, c.want)
		}
	}
}

func TestAModelThatIsNotThereYetIsToldFromADamagedOne(t *testing.T) {
	dir := t.TempDir()
	torn := filepath.Join(dir, "torn.safetensors")
	if err := os.WriteFile(torn, []byte("torn"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, c := range map[string]struct{ missing, none bool }{
		filepath.Join(dir, "run"): {missing: true}, dir: {none: true}, torn: {},
	} {
		_, err := Open(path, Options{})
		is := struct{ missing, none bool }{errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrNoneThere)}
		if err == nil || is != c {
			t.Errorf("%v: %+v, want %+v", err, is, c)
		}
	}
}

// A stream reduces what Decode took, by which it may become thinner.
func TestTheThinnestFileIsEmbeddedWhenItIsReduced(t *testing.T) {
	m := open(t, Options{})
	side := m.transform.Source()
	img := imagefile.Reduce(tensor.NewImage(2*side+1, 1000*(2*side+1)), side)
	if v, err := m.Embed(context.Background(), picture{img}); err != nil || len(v) != 1 || img.W <= 1000*img.H {
		t.Errorf("%d×%d pixels: %d vectors, %v", img.W, img.H, len(v), err)
	}
}

func TestAReducedImageHasTheSameVector(t *testing.T) {
	m, ctx := open(t, Options{}), context.Background()
	for i, c := range []struct {
		of, reduced image.Point
	}{
		{image.Pt(330, 400), image.Pt(66, 80)},
		{image.Pt(40, 127), image.Pt(40, 127)},
		{image.Pt(1, 900), image.Pt(1, 900)},
	} {
		img := stripes(c.of.X, c.of.Y, i)
		reduced := m.Reduce(img)
		if reduced.Bounds().Size() != c.reduced {
			t.Errorf("%v became %v, want %v", c.of, reduced.Bounds(), c.reduced)
		}
		vectors, err := m.Embed(ctx, img, reduced)
		if err != nil || !slices.Equal(vectors[0], vectors[1]) {
			t.Errorf("%v: another vector, %v", c.of, err)
		}
	}
	if got := m.Reduce(nil); got != nil {
		t.Errorf("no image became %v", got)
	}
}
