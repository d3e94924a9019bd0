package survey

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
)

// picture is a PNG of w×h pixels; a salt of 0 makes it grey.
func picture(t *testing.T, w, h int, salt uint8) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(x + y)
			m.SetNRGBA(x, y, color.NRGBA{v, v, v + salt, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func folder(t *testing.T, files map[string][]byte) *data.Folder {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := data.OpenFolder(dir, data.Options{Side: 8})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func take(t *testing.T, c Config, parts ...Part) *Survey {
	t.Helper()
	s, err := Take(context.Background(), parts, c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSurveyOfAFolderFindsWhatIsThere(t *testing.T) {
	var animated bytes.Buffer
	frame := image.NewPaletted(image.Rect(0, 0, 70, 80), color.Palette{color.Black, color.NRGBA{255, 0, 0, 255}})
	frame.Pix[5] = 1
	if err := gif.Encode(&animated, frame, nil); err != nil {
		t.Fatal(err)
	}
	same, large := picture(t, 20, 30, 9), picture(t, 100, 64, 7)
	files := map[string][]byte{
		"cat/1.png": same, "cat/2.png": picture(t, 10, 90, 0), "cat/3.png": large,
		"dog/1.png": same, "dog/2.gif": animated.Bytes(), "dog/cut.png": large[:200],
		"dog/text.jpg": []byte("hello"),
	}
	var total int64
	for _, content := range files {
		total += int64(len(content))
	}
	s := take(t, Config{}, Part{"all", folder(t, files)})
	want := &Survey{
		Images: 7, Readable: 5, Bytes: total, Files: true,
		Splits:      []Split{{"all", 7}},
		Classes:     []Class{{"cat", 3, []int{3}}, {"dog", 4, []int{4}}},
		Formats:     []Format{{"png", 4}, {"gif", 1}},
		Width:       Range{10, 20, 100},
		Height:      Range{30, 64, 90},
		ShorterSide: Range{10, 20, 70},
		Small:       3, Grey: 1,
		Unreadable: s.Unreadable,
		Duplicates: []Duplicate{{[]string{"cat/1.png", "dog/1.png"}, false, true}},
		Near:       []Near{},
		Left:       s.Left,
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
	if len(s.Unreadable) != 2 || s.Unreadable[0].Name != "dog/cut.png" ||
		s.Unreadable[1].Name != "dog/text.jpg" || !strings.Contains(s.Unreadable[1].Error, "known format") {
		t.Errorf("unreadable: %v", s.Unreadable)
	}
	if s.Copies() != 1 {
		t.Errorf("%d copies, want 1", s.Copies())
	}
}

func TestSurveyCountsAFileOfTwoPartsOnce(t *testing.T) {
	f := folder(t, map[string][]byte{"a/1.png": picture(t, 8, 8, 1), "b/2.png": picture(t, 8, 8, 2)})
	s := take(t, Config{}, Part{"one", f}, Part{"two", f})
	if s.Images != 2 || s.Classes[0].Images != 1 || !reflect.DeepEqual(s.Classes[0].Splits, []int{1, 1}) ||
		len(s.Duplicates) != 0 {
		t.Errorf("%+v", s)
	}
}

// few is generated pixels without files.
type few struct {
	images []tensor.Image
	labels []int
	err    error // of the last image
}

func (f *few) Len() int          { return len(f.images) }
func (f *few) Label(i int) int   { return f.labels[i] }
func (f *few) Classes() []string { return []string{"x", "y"} }
func (f *few) Digest() string    { return "" }

func (f *few) Image(i int) (tensor.Image, error) {
	if i == len(f.images)-1 && f.err != nil {
		return tensor.Image{}, f.err
	}
	return f.images[i], nil
}

func flat(h, w int, rgb ...uint8) tensor.Image {
	return tensor.Image{H: h, W: w, Pix: bytes.Repeat(rgb, h*w)}
}

func TestSurveyFindsTheSamePixelsInSplitsWithoutFiles(t *testing.T) {
	three := []tensor.Image{flat(2, 3, 1, 2, 3), flat(2, 3, 7, 7, 7), flat(3, 2, 1, 2, 3)}
	train := &few{three, []int{0, 1, -1}, nil}
	test := &few{[]tensor.Image{flat(2, 3, 1, 2, 3)}, []int{0}, nil}
	s := take(t, Config{}, Part{"train", train}, Part{"test", test})
	want := []Duplicate{{[]string{"test image 0", "train image 0"}, true, false}} // 2×3 is not 3×2
	if !reflect.DeepEqual(s.Duplicates, want) || s.Unlabelled != 1 || s.Grey != 1 || s.Files || s.Bytes != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSurveyIsTheSameForAnyNumberOfThreads(t *testing.T) {
	files := map[string][]byte{}
	for i := range 12 {
		files[fmt.Sprintf("%c/%d.png", 'a'+i%3, i)] = picture(t, 8+i%4, 8, uint8(i%5))
	}
	files["a/bad.jpg"] = nil
	set := folder(t, files)
	calls, last := 0, 0
	one := take(t, Config{Threads: 1}, Part{"all", set})
	four := take(t, Config{Threads: 4, Progress: func(done, total int) {
		calls++
		last = done
		if total != 13 {
			t.Errorf("total %d", total)
		}
	}}, Part{"all", set})
	if !reflect.DeepEqual(one, four) || calls != 13 || last != 13 {
		t.Errorf("%d calls, the last of %d\n%+v\n%+v", calls, last, one, four)
	}
}

func TestSurveyRefusesThreadsThatNoMachineHas(t *testing.T) {
	for _, threads := range []int{-1, 1 << 30} {
		want := fmt.Sprintf("survey: threads = %d, need 0 to 4096", threads)
		if _, err := Take(t.Context(), nil, Config{Threads: threads}); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestSurveyEndsWithTheContextAndWithTheData(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	set := &few{[]tensor.Image{flat(1, 1, 1, 2, 3), flat(1, 1, 3, 2, 1)}, []int{0, 1}, nil}
	if _, err := Take(ctx, []Part{{"train", set}}, Config{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	set.err = errors.New("disk gone")
	if _, err := Take(context.Background(), []Part{{"train", set}}, Config{}); !errors.Is(err, set.err) {
		t.Errorf("data set broken: %v", err)
	}
	set.err = &data.UnreadableError{Name: "b", Err: errors.New("damaged")}
	s := take(t, Config{}, Part{"train", set})
	if s.Readable != 1 || s.Unreadable[0].Error != "damaged" {
		t.Errorf("%+v", s)
	}
}

// failing is a folder on a disk that fails.
type failing struct{ *data.Folder }

func (failing) Bytes(int) ([]byte, error) { return nil, syscall.EIO }

func TestSurveyEndsWhereTheDiskFails(t *testing.T) {
	set := failing{folder(t, map[string][]byte{"a.png": nil, "b.png": nil})}
	if s, err := Take(t.Context(), []Part{{"all", set}}, Config{}); !errors.Is(err, syscall.EIO) {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSurveyOfNothingReadable(t *testing.T) {
	s := take(t, Config{}, Part{"all", folder(t, map[string][]byte{"a.png": nil, "b.png": []byte("x")})})
	if s.Readable != 0 || len(s.Unreadable) != 2 || s.Width != (Range{}) || s.Damaged() != 2 {
		t.Errorf("%+v", s)
	}
}
