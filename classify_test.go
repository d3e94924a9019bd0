package amdim

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
)

// plainColour is an image of one colour, some shades from that of other seeds.
func plainColour(seed int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 40, 40))
	for i := range 40 * 40 {
		img.Set(i%40, i/40, color.RGBA{200, uint8(5 * seed), 30, 255})
	}
	return img
}

func writeFile(t *testing.T, dir, name string, content []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// sorted has six stripes in a, six plain colours in c, and what cannot be read: most of
// a's files by number, so that rows are not labels by position, and all of b.
func sorted(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := range 6 {
		writeFile(t, dir, fmt.Sprintf("a/z%d.png", i), encode(t, stripes(40, 40, i)))
		writeFile(t, dir, fmt.Sprintf("a/torn%d.png", i), []byte("torn"))
		writeFile(t, dir, fmt.Sprintf("c/%d.png", i), encode(t, plainColour(i)))
	}
	writeFile(t, dir, "b/torn.png", []byte("torn"))
	return dir
}

func TestClassesAreLearntFromAFolder(t *testing.T) {
	ctx, m := context.Background(), open(t, Options{})
	x, bad, err := m.EmbedLabelled(ctx, "folder:"+sorted(t), "")
	if err != nil {
		t.Fatal(err)
	}
	if want := []int32{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1}; !slices.Equal(x.Labels, want) ||
		!slices.Equal(x.Classes, []string{"a", "c"}) || !slices.Equal(x.Missing, []string{"b"}) || len(bad) != 7 {
		t.Errorf("labels %v of %q without %q, %d unreadable", x.Labels, x.Classes, x.Missing, len(bad))
	}
	vectors, err := m.Embed(ctx, stripes(40, 40, 9), plainColour(9))
	if err != nil {
		t.Fatal(err)
	}
	c, err := m.LearnClasses(ctx, x, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if p, err := c.Classify(v); err != nil || slices.Index(p, slices.Max(p)) != i {
			t.Errorf("class %q: probabilities %v, %v", c.Classes[i], p, err)
		}
	}
	path := filepath.Join(t.TempDir(), "classes.safetensors")
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	loaded, err := LoadClassifier(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loaded.Classify(vectors[0])
	if want, _ := c.Classify(vectors[0]); err != nil || !slices.Equal(p, want) || loaded.Model != x.Set.Model {
		t.Errorf("kept, it says %v, %v, before %v", p, err, want)
	}
	if err := m.CheckClassifier(loaded); err != nil || loaded.Dim() != m.Dim() {
		t.Errorf("its own: %v", err)
	}
	loaded.Model.Checkpoint = "ab"
	for what, other := range map[string]*Classifier{"network": loaded, "length": {}} {
		if err := m.CheckClassifier(other); !errors.Is(err, ErrOtherNetwork) {
			t.Errorf("a classifier of another %s: %v", what, err)
		}
	}
	others := &Set{Names: []string{"x"}, Dim: m.Dim(), X: vectors[0]}
	others.Model.Checkpoint = "ab"
	if _, err := m.LearnClasses(ctx, x, others); !errors.Is(err, embedding.ErrOtherNetwork) {
		t.Errorf("others of another network: %v", err)
	}
	x.Set.Model.Checkpoint = "ab"
	if _, err := m.LearnClasses(ctx, x, nil); !errors.Is(err, embedding.ErrOtherNetwork) {
		t.Errorf("examples of another network: %v", err)
	}
}

func TestClassesNeedTwoFoldersOfReadableImages(t *testing.T) {
	ctx, dir, m := context.Background(), sorted(t), open(t, Options{})
	if _, _, err := m.EmbedLabelled(ctx, "folder:"+dir+"/a", ""); err == nil ||
		!strings.Contains(err.Error(), "one per class") {
		t.Errorf("a folder without classes: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "c")); err != nil {
		t.Fatal(err)
	}
	x, _, err := m.EmbedLabelled(ctx, "folder:"+dir, "")
	if err != nil {
		t.Fatal(err)
	}
	want := `the images are of ["a"] alone, and no image of ["b"] can be read`
	if _, err := m.LearnClasses(ctx, x, nil); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
