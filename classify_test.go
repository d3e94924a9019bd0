package amdim

import (
	"context"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
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

// Folder b has no image that can be read: it is no class, and c is the second.
func TestClassesAreLearntFromAFolder(t *testing.T) {
	dir, ctx := t.TempDir(), context.Background()
	for i := range 6 {
		name := string(rune('0'+i)) + ".png"
		writeFile(t, dir, "a/"+name, encode(t, stripes(40, 40, i)))
		writeFile(t, dir, "c/"+name, encode(t, plainColour(i)))
	}
	writeFile(t, dir, "b/torn.png", []byte("torn"))
	m := open(t, Options{})
	c, bad, err := m.LearnClasses(ctx, "folder:"+dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Classes, []string{"a", "c"}) || c.Images != 12 || len(bad) != 1 || bad[0].Name != "b/torn.png" {
		t.Errorf("classes %q of %d images, unreadable %v", c.Classes, c.Images, bad)
	}
	vectors, err := m.Embed(ctx, stripes(40, 40, 9), plainColour(9))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if p, err := c.Classify(v); err != nil || slices.Index(p, slices.Max(p)) != i {
			t.Errorf("class %q: probabilities %v, %v", c.Classes[i], p, err)
		}
	}
	others := &Set{Names: []string{"x"}, Dim: m.Dim(), X: vectors[0]}
	others.Model.Checkpoint = "ab"
	if _, _, err := m.LearnClasses(ctx, "folder:"+dir, "", others); err == nil ||
		!strings.Contains(err.Error(), "another network") {
		t.Errorf("others of another network: %v", err)
	}
	if _, _, err := m.LearnClasses(ctx, "folder:"+dir+"/a", "", nil); err == nil ||
		!strings.Contains(err.Error(), "one per class") {
		t.Errorf("a folder without classes: %v", err)
	}
}
