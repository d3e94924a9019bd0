package augment

import (
	"compress/gzip"
	"encoding/json"
	"hash/crc32"
	"io"
	"os"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// golden is testdata/golden.json: what torchvision makes of PIL images.
// testdata/README.md says how it was made.
type golden struct {
	Images   []goldenImage
	Cases    []goldenCase
	Fallback []struct {
		H, W int
		Box  [4]int // y, x, h, w
	}
	EveryColour []struct {
		Op     string
		Factor float64
		CRC32  uint32
	} `json:"every_colour"`
	pix []uint8
}

type goldenImage struct {
	Name         string
	Offset, H, W int
}

type goldenCase struct {
	Op, Image      string
	Offset, H, W   int
	Factor         float64
	Order          [4]colourOp
	Factors        [4]float64
	DX, DY, Resize int
	Box            [4]int // y, x, h, w
}

func readGolden(t *testing.T) *golden {
	t.Helper()
	index, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	g := new(golden)
	if err := json.Unmarshal(index, g); err != nil {
		t.Fatal(err)
	}
	if len(g.Images)*len(g.Cases)*len(g.Fallback)*len(g.EveryColour) == 0 {
		t.Fatal("testdata/golden.json lacks a list")
	}
	g.pix = inflate(t, "testdata/golden.bin.gz")
	return g
}

func inflate(t *testing.T, name string) []uint8 {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	pix, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return pix
}

// image returns a copy of the picture at offset.
func (g *golden) image(offset, h, w int) tensor.Image {
	m := tensor.NewImage(h, w)
	copy(m.Pix, g.pix[offset:])
	return m
}

func (g *golden) named(t *testing.T, name string) tensor.Image {
	t.Helper()
	for _, m := range g.Images {
		if m.Name == name {
			return g.image(m.Offset, m.H, m.W)
		}
	}
	t.Fatalf("no image %q", name)
	return tensor.Image{}
}

// run applies the operation of the case to img, which it may change.
func (c goldenCase) run(t *testing.T, img tensor.Image) tensor.Image {
	t.Helper()
	var s Scratch
	dst := tensor.NewImage(c.H, c.W)
	switch c.Op {
	case "flip":
		flip(dst, img)
	case "translate":
		translate(dst, img, c.DX, c.DY)
	case "resized crop":
		resizedCrop(dst, img, rectangle{c.Box[0], c.Box[1], c.Box[2], c.Box[3]}, false, &s)
	case "plain":
		Config{Size: c.H, Resize: c.Resize}.Plain(dst.Pix, img, &s)
	case "jitter":
		jitter(img, factors{c.Factors[0], c.Factors[1], c.Factors[2], c.Factors[3], c.Order})
		dst = img
	default:
		colour(t, c.Op, img, c.Factor)
		dst = img
	}
	return dst
}

func colour(t *testing.T, op string, img tensor.Image, factor float64) {
	t.Helper()
	switch op {
	case "gray":
		gray(img)
	case "brightness":
		brightness(img, factor)
	case "contrast":
		contrast(img, factor)
	case "saturation":
		saturation(img, factor)
	case "hue":
		hue(img, factor)
	default:
		t.Fatalf("no operation %q", op)
	}
}

// The arithmetic is Pillow's, so nothing less than equal bytes passes.
func TestOperationsEqualTorchvisionOnPIL(t *testing.T) {
	g := readGolden(t)
	for _, c := range g.Cases {
		got := c.run(t, g.named(t, c.Image))
		want := g.image(c.Offset, c.H, c.W)
		if sum, worst := difference(got.Pix, want.Pix); worst > 0 {
			t.Errorf("%+v: mean difference %.4f, largest %d", c, float64(sum)/float64(len(want.Pix)), worst)
		}
	}
}

func difference(got, want []uint8) (sum, worst int) {
	for i := range want {
		d := int(got[i]) - int(want[i])
		d = max(d, -d)
		sum += d
		worst = max(worst, d)
	}
	return sum, worst
}

func TestOperationsEqualPILOnEveryColour(t *testing.T) {
	if testing.Short() {
		t.Skip("2^24 colours per operation")
	}
	row := tensor.NewImage(1, 1<<16) // one red, every green and blue
	for _, c := range readGolden(t).EveryColour {
		sum := uint32(0)
		for r := range 256 {
			for i := range row.W {
				p := row.At(0, i)
				p[0], p[1], p[2] = uint8(r), uint8(i>>8), uint8(i)
			}
			colour(t, c.Op, row, c.Factor)
			sum = crc32.Update(sum, crc32.IEEETable, row.Pix)
		}
		if sum != c.CRC32 {
			t.Errorf("%s by %g differs from PIL", c.Op, c.Factor)
		}
	}
}

func TestCentralBoxEqualsTorchvision(t *testing.T) {
	c := CropConfig{Scale: [2]float64{0.9, 1}, Ratio: [2]float64{0.7, 1.4}}
	for _, f := range readGolden(t).Fallback {
		want := rectangle{f.Box[0], f.Box[1], f.Box[2], f.Box[3]}
		if got := c.central(f.H, f.W); got != want {
			t.Errorf("%d×%d: %+v, want %+v", f.H, f.W, got, want)
		}
	}
}
