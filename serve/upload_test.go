package serve

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

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
