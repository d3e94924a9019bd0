package tensorboard

import (
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/amdim/amdim/embedding"
	"github.com/amdim/amdim/tensor"
)

func vectors(names ...string) *embedding.Set {
	s := &embedding.Set{Names: names, Dim: 2}
	for i := range names {
		s.X = append(s.X, float32(i)+0.5, -1e-7)
	}
	return s
}

func TestTheProjectorHasALineAndAPictureForEachImage(t *testing.T) {
	dir := t.TempDir()
	s := vectors("cat/a.png", "dog/b\t.png", "dog/c.png")
	picture := func(i int) tensor.Image {
		if i == 2 {
			return tensor.Image{} // cannot be shown
		}
		img := tensor.NewImage(10, 20)
		for j := range img.Pix {
			img.Pix[j] = uint8(100 * i)
		}
		return img
	}
	if err := Projector(dir, s, picture); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"vectors.tsv":  "0.5\t-1e-07\n1.5\t-1e-07\n2.5\t-1e-07\n",
		"metadata.tsv": "name\tfolder\ncat/a.png\tcat\ndog/b .png\tdog\ndog/c.png\tdog\n",
	} {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(b) != want {
			t.Errorf("%s: %q, want %q (%v)", name, b, want, err)
		}
	}
	config, err := os.ReadFile(filepath.Join(dir, "projector_config.pbtxt"))
	if err != nil || strings.Count(string(config), "single_image_dim: 64\n") != 2 {
		t.Errorf("%s (%v)", config, err)
	}
	f, err := os.Open(filepath.Join(dir, "sprite.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.Bounds().Dx() != 128 || img.Bounds().Dy() != 128 {
		t.Fatalf("%v, %v", img.Bounds(), err)
	}
	white := color.RGBA{255, 255, 255, 255}
	for at, want := range map[[2]int]color.RGBA{
		{32, 32}: {0, 0, 0, 255}, {32, 2}: white, {96, 32}: {100, 100, 100, 255}, {32, 96}: white, {96, 96}: white,
	} {
		if got := color.RGBAModel.Convert(img.At(at[0], at[1])); got != want {
			t.Errorf("pixel %v is %v, want %v", at, got, want)
		}
	}
}

func TestNamesThatAreNoPathsStandAlone(t *testing.T) {
	dir := t.TempDir()
	if err := Projector(dir, vectors("image 1", "image 2"), nil); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "metadata.tsv"))
	if err != nil || string(b) != "image 1\nimage 2\n" {
		t.Errorf("%q (%v)", b, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "sprite.png")); err == nil {
		t.Error("a sprite without pictures")
	}
}

// TensorBoard takes no sprite of more than 8192 pixels.
func TestASpriteFits(t *testing.T) {
	for _, n := range []int{1, 2, 5, 16384, 16385, 50000, 1 << 20} {
		if side := perLine(n) * cellOf(n); side > spriteSide || cellOf(n) > largestCell {
			t.Errorf("%s pictures: %d pixels", strconv.Itoa(n), side)
		}
	}
}
