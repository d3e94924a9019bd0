package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/spelling"
)

// tinyRun is a very small network with a mixture, trained for two updates, once for all tests.
var tinyRun = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "serve-test-*")
	if err != nil {
		return "", err
	}
	_, err = amdim.Pretrain(context.Background(), amdim.PretrainConfig{
		Preset: "demo", Data: "shapes:train=24,test=9", Out: dir, MaxSteps: 2, Set: []string{
			"model.ndf=4", "model.n_rkhs=16", "model.n_depth=1", "train.batch=8", "train.epochs=1", "model.mix.k=3",
		},
	})
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := tinyRun(); dir != "" {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func openModel(t testing.TB) *amdim.Model {
	t.Helper()
	run, err := tinyRun()
	if err != nil {
		t.Fatal(err)
	}
	m, err := amdim.Open(run, amdim.Options{Negatives: "shapes:train=24"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// stripes is the file of a picture of w×h pixels, unlike that of any other seed.
func stripes(t testing.TB, w, h, seed int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := (x*(seed+1) + y*(7-seed%5)) * 8
			img.Set(x, y, color.NRGBA{uint8(v), uint8(v >> seed % 3), uint8(seed * 23), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func photo(t testing.TB, i int) []byte { return stripes(t, 30+40*i, 40+50*(i%4), i) }

// album is the vectors of n photos.
func album(t testing.TB, m *amdim.Model, n int) *amdim.Index {
	t.Helper()
	dir := t.TempDir()
	for i := range n {
		name := filepath.Join(dir, string(rune('a'+i))+".png")
		if err := os.WriteFile(name, photo(t, i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, _, err := m.EmbedFolder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	x, err := amdim.NewIndex(set)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func handler(t testing.TB, c Config) *Handler {
	t.Helper()
	if c.Model == nil {
		c.Model = openModel(t)
	}
	if c.Log == nil {
		c.Log = func(format string, args ...any) { t.Errorf(format, args...) }
	}
	h, err := New(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// do answers one request.
func do(h http.Handler, method, target, kind string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, body)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return record(h, r)
}

// recorder is a ResponseWriter that takes deadlines, as those of connections do.
type recorder struct{ *httptest.ResponseRecorder }

func (recorder) SetReadDeadline(time.Time) error  { return nil }
func (recorder) SetWriteDeadline(time.Time) error { return nil }

// record answers one request, and panics if the answer does not say how long it is.
func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(recorder{w}, r)
	if n := w.Header().Get("Content-Length"); n != strconv.Itoa(w.Body.Len()) {
		panic(fmt.Sprintf("%s: %d bytes, Content-Length %q", r.URL, w.Body.Len(), n))
	}
	return w
}

// post sends a file as curl does.
func post(h http.Handler, target string, file []byte) *httptest.ResponseRecorder {
	return do(h, http.MethodPost, target, "application/x-www-form-urlencoded", bytes.NewReader(file))
}

// form is multipart/form-data of some files, the first of each pair its name.
func form(t testing.TB, files ...[2]string) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range files {
		part, err := w.CreateFormFile("image", f[0])
		if err != nil {
			t.Fatal(err)
		}
		part.Write([]byte(f[1]))
	}
	w.Close()
	return w.FormDataContentType(), b.Bytes()
}

// read parses an answer of status 200.
func read[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// refused checks that an answer is an error with a status and part of a text, in one line.
func refused(t testing.TB, what string, w *httptest.ResponseRecorder, status int, want string) {
	t.Helper()
	var said refusal
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
		t.Errorf("%s: %v in %q", what, err, w.Body)
	}
	if w.Code != status || !strings.Contains(said.Error, want) || strings.Contains(said.Error, "\n") {
		t.Errorf("%s: status %d, %q; want %d, %q", what, w.Code, said.Error, status, want)
	}
	if said.Error != spelling.Plain(said.Error) {
		t.Errorf("%s: %q names a package", what, said.Error)
	}
	if retry := w.Header().Get("Retry-After"); (retry != "") != (w.Code == http.StatusServiceUnavailable) {
		t.Errorf("%s: status %d with Retry-After %q", what, w.Code, retry)
	}
}

// noise is the file of a picture that no format makes small.
func noise(t testing.TB, side int) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, side, side))
	for i := range img.Pix {
		img.Pix[i] = uint8(uint32(i) * 2654435761 >> 24)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
