package imagefile

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"github.com/amdim/amdim/tensor"
)

// fixture is a file of testdata/pictures.
func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "pictures", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// corners are a pixel of each quarter of img: upper left and right, then lower.
func corners(img tensor.Image) [4][3]int {
	var c [4][3]int
	for i := range c {
		p := img.At(img.H/4+i/2*(img.H/2), img.W/4+i%2*(img.W/2))
		c[i] = [3]int{int(p[0]), int(p[1]), int(p[2])}
	}
	return c
}

func TestEveryFormOfAPictureLooksTheSame(t *testing.T) {
	seen := [4][3]int{{224, 32, 32}, {32, 192, 32}, {32, 32, 224}, {224, 224, 32}}
	half := seen
	half[1], half[3] = [3]int{255, 255, 255}, [3]int{255, 255, 255}
	for _, c := range []struct {
		name   string
		want   [4][3]int
		within float64 // of 255: lossy formats and colour spaces
	}{
		{"seen.png", seen, 0}, {"seen.gif", seen, 0}, {"seen.bmp", seen, 0}, {"interlaced.png", seen, 0},
		{"lossless-alpha.webp", half, 0},
		{"lossy-alpha.webp", half, 8}, {"lossy.webp", seen, 8},
		{"progressive.jpg", seen, 8}, {"cmyk.jpg", seen, 8},
		{"orientation-1.jpg", seen, 4}, {"orientation-2.jpg", seen, 4}, {"orientation-3.jpg", seen, 4},
		{"orientation-4.jpg", seen, 4}, {"orientation-5.jpg", seen, 4}, {"orientation-6.jpg", seen, 4},
		{"orientation-7.jpg", seen, 4}, {"orientation-8.jpg", seen, 4}, {"orientation-6.tif", seen, 4},
	} {
		b := fixture(t, c.name)
		img, err := Decode(b, Limits{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if w, h, _, err := Config(b); err != nil || img.H != 16 || img.W != 24 || h != 16 || w != 24 {
			t.Errorf("%s: %d×%d, header %d×%d, %v", c.name, img.W, img.H, w, h, err)
			continue
		}
		for i, got := range corners(img) {
			for j := range got {
				if !(math.Abs(float64(got[j]-c.want[i][j])) <= c.within) {
					t.Errorf("%s: corner %d is %v, want %v", c.name, i, got, c.want[i])
					break
				}
			}
		}
	}
	grey, err := Decode(fixture(t, "gray.jpg"), Limits{})
	if err != nil || grey.At(3, 3)[0] != grey.At(3, 3)[2] || grey.At(3, 3)[0] < 50 {
		t.Errorf("gray.jpg: %v", err)
	}
}

// encoded is a picture of 40×30 in every format that can be encoded here, and
// the fixtures of the one that cannot.
func encoded(t testing.TB) map[string][]byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = uint8(i * 7)
		if i%4 == 3 {
			m.Pix[i] = 255
		}
	}
	all := map[string][]byte{}
	for name, encode := range map[string]func(io.Writer) error{
		"jpeg": func(w io.Writer) error { return jpeg.Encode(w, m, nil) },
		"png":  func(w io.Writer) error { return png.Encode(w, m) },
		"gif":  func(w io.Writer) error { return gif.Encode(w, m, nil) },
		"bmp":  func(w io.Writer) error { return bmp.Encode(w, m) },
		"tiff": func(w io.Writer) error { return tiff.Encode(w, m, nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		all[name] = b.Bytes()
	}
	all["webp"] = fixture(t, "lossy.webp")
	all["webp, lossless"] = fixture(t, "lossless-alpha.webp")
	return all
}

func TestTruncatedFileIsAnError(t *testing.T) {
	for name, whole := range encoded(t) {
		if _, err := Decode(whole, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, share := range []int{0, 1, 10, 50, 90} {
			b := whole[:len(whole)*share/100]
			if _, err := Decode(b, Limits{}); err == nil || !strings.HasPrefix(err.Error(), "imagefile: ") {
				t.Errorf("%s, %d of %d bytes: %v", name, len(b), len(whole), err)
			}
		}
	}
	whole := encoded(t)["jpeg"]
	for missing := 1; missing < 40; missing++ {
		if _, err := Decode(whole[:len(whole)-missing], Limits{}); err == nil {
			t.Errorf("a JPEG without its last %d bytes: no error", missing)
		}
	}
}

func TestFormatIsThatOfTheContent(t *testing.T) {
	for name, b := range encoded(t) {
		want, _, _ := strings.Cut(name, ",")
		if _, _, got, err := Config(b); err != nil || got != want {
			t.Errorf("%s is taken for %s, %v", want, got, err)
		}
	}
	for _, b := range []string{"", "<html>", "RIFF1234WAVE", "\x00\x00\x00\x20ftypheic"} {
		if _, err := Decode([]byte(b), Limits{}); err == nil {
			t.Errorf("%q is taken for an image", b)
		}
	}
}

func TestKnown(t *testing.T) {
	for name, want := range map[string]bool{
		"a.JPG": true, "a/b.jpeg": true, "x.tif": true, "x.WebP": true, "x.gif": true, "x.BMP": true,
		"png": false, "x.png.txt": false, "x.heic": false, "": false,
	} {
		if Known(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}

func TestLimitsAreCheckedBeforePixels(t *testing.T) {
	claim := fixture(t, "seen.bmp")
	claim[20], claim[24] = 1, 1 // of 65560×65552
	smaller := fixture(t, "seen.bmp")
	smaller[19], smaller[23] = 16, 16 // of 4120×4112: 17 MB if it is decoded
	sound := fixture(t, "seen.png")
	thin, strip := black(t, 1, 1001), black(t, 1000, 1)
	for _, c := range []struct {
		name string
		b    []byte
		l    Limits
		want string
	}{
		{"billions of pixels", claim, Limits{}, "bmp of 65560×65552 pixels, more than the limit of 200 million"},
		{"millions of pixels", smaller, Limits{Pixels: 1e6}, "4120×4112 pixels, more than the limit of 1 million"},
		{"few pixels allowed", sound, Limits{Pixels: 24*16 - 1}, "24×16 pixels"},
		{"tall", thin, Limits{}, "png of 1×1001 pixels, one side is more than 1000 times the other"},
		{"wide", strip, Limits{Ratio: 999}, "png of 1000×1 pixels, one side is more than 999 times"},
		{"few bytes allowed", sound, Limits{Bytes: int64(len(sound)) - 1}, "bytes, more than the limit"},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(c.b, c.l)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1e6 {
			t.Errorf("%s: %d bytes allocated for a header", c.name, n)
		}
	}
	for name, err := range map[string]error{
		"pixels and bytes": decoded(sound, Limits{Pixels: 24 * 16, Bytes: int64(len(sound))}),
		"tall":             decoded(thin, Limits{Ratio: 1001}),
		"wide":             decoded(strip, Limits{}),
	} {
		if err != nil {
			t.Errorf("%s, at the limit: %v", name, err)
		}
	}
}

// black is a PNG of w×h black pixels.
func black(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(b []byte, l Limits) error {
	_, err := Decode(b, l)
	return err
}

func TestPanicOfADecoderIsAnError(t *testing.T) {
	f := format{name: "odd"}
	err := f.guard(func() error { panic("index out of range") })
	if err == nil || !strings.Contains(err.Error(), "imagefile: decode odd: the decoder gave up: index") {
		t.Errorf("%v", err)
	}
	if err := f.guard(func() error { return fmt.Errorf("x: %w", io.EOF) }); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

func TestReadNamesTheFile(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{
		filepath.Join(dir, "none.jpg"), dir, "testdata/pictures/make.sh", "/dev/null",
	} {
		_, err := Read(path, Limits{})
		if err == nil || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Read("testdata/pictures/seen.png", Limits{Bytes: 5}); err == nil {
		t.Error("a file over the limit was read")
	}
	if img, err := Read("testdata/pictures/seen.png", Limits{}); err != nil || img.W != 24 {
		t.Errorf("%d wide, %v", img.W, err)
	}
}

// smallFrame is a GIF with a screen of 40×30 and a first frame of 10×7, red but for a
// transparent pixel, at 20, 10.
func smallFrame(t testing.TB) []byte {
	t.Helper()
	red := image.NewPaletted(image.Rect(20, 10, 30, 17), color.Palette{color.RGBA{}, color.RGBA{R: 255, A: 255}})
	for i := range red.Pix {
		red.Pix[i] = 1
	}
	red.Pix[0] = 0
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: []*image.Paletted{red}, Delay: []int{0}, Config: image.Config{Width: 40, Height: 30},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSmallFrameOfAGIFLiesOnItsScreen(t *testing.T) {
	b := smallFrame(t)
	img, err := Decode(b, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if w, h, _, err := Config(b); err != nil || w != 40 || h != 30 || img.W != 40 || img.H != 30 {
		t.Fatalf("%d×%d, header %d×%d, %v", img.W, img.H, w, h, err)
	}
	for y := range 30 {
		for x := range 40 {
			want := [3]uint8{255, 255, 255}
			if 20 <= x && x < 30 && 10 <= y && y < 17 && (x > 20 || y > 10) {
				want = [3]uint8{255, 0, 0}
			}
			if got := [3]uint8(img.At(y, x)); got != want {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, got, want)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range encoded(f) {
		f.Add(b)
	}
	for _, name := range []string{"orientation-6.jpg", "cmyk.jpg", "seen.gif", "interlaced.png"} {
		f.Add(fixture(f, name))
	}
	f.Add(smallFrame(f))
	limits := Limits{Pixels: 1 << 16, Bytes: 1 << 16}
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := Decode(b, limits)
		if err != nil {
			return
		}
		img.Check()
		Reduce(img, 7).Check()
		if w, h, _, err := Config(b); err != nil || w != img.W || h != img.H {
			t.Errorf("decoded as %d×%d, its header is %d×%d, %v", img.W, img.H, w, h, err)
		}
	})
}
