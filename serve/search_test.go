package serve

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestSearchIsThatOfTheIndex(t *testing.T) {
	m := openModel(t)
	x := album(t, m, 7)
	h := handler(t, Config{Model: m, Offer: Offer{Index: x}})
	file := stripes(t, 77, 99, 3)
	want, err := x.Search(vectorOf(t, m, file), 4)
	if err != nil {
		t.Fatal(err)
	}
	got := read[answers](t, post(h, "/v1/search?k=4", file))
	if len(want) != 4 || len(got.Images) != 1 || !slices.Equal(got.Images[0].Matches, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if all := read[answers](t, post(h, "/v1/search", file)).Images[0].Matches; len(all) != 7 {
		t.Errorf("%d of 7 images are found", len(all))
	}
}

func TestTenImagesAreFoundWhereNobodySaysHowMany(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 12)}})
	for _, w := range []*httptest.ResponseRecorder{
		post(h, "/v1/search", photo(t, 3)), do(h, http.MethodGet, "/v1/search?name=c.png", "", nil),
	} {
		if n := len(read[answers](t, w).Images[0].Matches); n != 10 {
			t.Errorf("%d are found", n)
		}
	}
}

func TestSearchByName(t *testing.T) {
	m := openModel(t)
	x := album(t, m, 5)
	h := handler(t, Config{Model: m, Offer: Offer{Index: x}})
	want, err := x.Near(2, 3)
	if err != nil {
		t.Fatal(err)
	}
	got := read[answers](t, do(h, http.MethodGet, "/v1/search?name=c.png&k=3", "", nil)).Images
	if len(got) != 1 || got[0].Name != "c.png" || !slices.Equal(got[0].Matches, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	refused(t, "a name that is not there", do(h, http.MethodGet, "/v1/search?name=z.png", "", nil), 404, "z.png")
	x.Set().Names[0] = "b.png" // as where a file is embedded twice
	refused(t, "two of a name", do(h, http.MethodGet, "/v1/search?name=b.png", "", nil), 404, "several images")
	refused(t, "no name", do(h, http.MethodGet, "/v1/search", "", nil), 400, "name is missing")
}

func TestPicturesAreThoseOfTheIndex(t *testing.T) {
	m := openModel(t)
	picture := func(_ context.Context, i int) (image.Image, error) {
		switch i {
		case 0:
			return nil, nil
		case 2:
			return nil, errors.New("/home/jo/c.png has gone")
		}
		return image.NewGray(image.Rect(0, 0, 10+i, 5)), nil
	}
	var logged string
	log := func(format string, args ...any) { logged = fmt.Sprintf(format, args...) }
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 3), Picture: picture}, Log: log})
	w := do(h, http.MethodGet, "/v1/picture?index=1", "", nil)
	img, err := jpeg.Decode(w.Body)
	if err != nil || img.Bounds() != image.Rect(0, 0, 11, 5) || w.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("status %d, %v", w.Code, err)
	}
	gone := do(h, http.MethodGet, "/v1/picture?index=2", "", nil)
	refused(t, "a picture that has gone", gone, 404, "c.png cannot be shown")
	if strings.Contains(gone.Body.String(), "/home/jo") || !strings.Contains(logged, "/home/jo/c.png has gone") {
		t.Errorf("told %s, logged %q", gone.Body, logged)
	}
	if len(h.picturing) > 0 {
		t.Error("what was answered still holds room")
	}
	for _, i := range []string{"3", "-1", "", "x"} {
		refused(t, "index "+i, do(h, http.MethodGet, "/v1/picture?index="+i, "", nil), 400, "need 0 to 2")
	}
	refused(t, "no picture", do(h, http.MethodGet, "/v1/picture?index=0", "", nil), 404, "a.png cannot be shown")
	if w := do(h, http.MethodGet, "/v1/picture?index=1&name=b.png", "", nil); w.Code != http.StatusOK {
		t.Errorf("by index and name: status %d: %s", w.Code, w.Body)
	}
	refused(t, "of a larger index", do(h, http.MethodGet, "/v1/picture?index=9&name=z.png", "", nil), 404,
		"has 3 images now: search again")
	refused(t, "of an earlier index", do(h, http.MethodGet, "/v1/picture?index=1&name=z.png", "", nil), 404,
		`"b.png" now, not "z.png"`)
}
