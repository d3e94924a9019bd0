package serve

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/amdim/amdim/data/imagefile"
)

// A parameter in the form would else be taken for an image, and not heeded.
func TestAFieldOfAFormIsNoImage(t *testing.T) {
	h := handler(t, Config{})
	file := photo(t, 1)
	for field, status := range map[string]int{"5": 400, "": 400, string(file): 200, string(file[:99]): 200} {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		w.WriteField("k", field)
		image, err := w.CreateFormFile("image", "a.png")
		if err != nil {
			t.Fatal(err)
		}
		image.Write(file)
		w.Close()
		got := do(h, http.MethodPost, "/v1/embed", w.FormDataContentType(), &b)
		if status == http.StatusBadRequest {
			refused(t, field, got, status, `the field "k" of the form is no image file`)
		} else if all := read[answers](t, got).Images; len(all) != 2 || all[1].Embedding == nil {
			t.Errorf("a field of %d bytes: %+v", len(field), all)
		}
	}
}

// A WebP of few pixels may take 150 MB while it is decoded: of many at a time some wait.
func TestSmallFilesWaitForTheRoomOfTheirFormat(t *testing.T) {
	for name, held := range map[string]int64{"lossless-alpha.webp": 1e6, "orientation-6.tif": 4.5e6} {
		file, err := os.ReadFile("../data/imagefile/testdata/pictures/" + name)
		if err != nil {
			t.Fatal(err)
		}
		h := handler(t, Config{Pixels: 5e6, Timeout: 2 * time.Second})
		if err := h.decoding.Acquire(t.Context(), held); err != nil {
			t.Fatal(err)
		}
		if w := post(h, "/v1/embed", photo(t, 1)); w.Code != http.StatusOK {
			t.Errorf("a PNG: status %d: %s", w.Code, w.Body)
		}
		refused(t, name, post(h, "/v1/embed", file), http.StatusServiceUnavailable, "was not done after")
		h.decoding.Release(held)
		small := handler(t, Config{Pixels: 1e5}) // all of its room is less
		for _, h := range []*Handler{h, small} {
			if w := post(h, "/v1/embed", file); w.Code != http.StatusOK {
				t.Errorf("%s alone: status %d: %s", name, w.Code, w.Body)
			}
		}
	}
}

// What is encoded would else be no image of a known format, which its sender knows better.
func TestABodyThatIsEncodedIsRefused(t *testing.T) {
	h := handler(t, Config{})
	for encoding, status := range map[string]int{"gzip": 415, "br": 415, "identity": 200, "": 200} {
		r := httptest.NewRequest(http.MethodPost, "/v1/embed", bytes.NewReader(photo(t, 1)))
		r.Header.Set("Content-Encoding", encoding)
		if w := record(h, r); status == 200 && w.Code != status {
			t.Errorf("%q: status %d", encoding, w.Code)
		} else if status != 200 {
			refused(t, encoding, w, status, "the body is encoded ("+encoding+")")
		}
	}
}

// What curl -d leaves of an image is told from a damaged file.
func TestEveryFormatHasWhatCurlDrops(t *testing.T) {
	pictures, err := filepath.Glob("../data/imagefile/testdata/pictures/*.*")
	if err != nil || len(pictures) < 10 {
		t.Fatalf("%d pictures, %v", len(pictures), err)
	}
	for _, name := range pictures {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if imagefile.Known(name) && textual(file) {
			t.Errorf("%s: told wrongly", name)
		}
	}
}
