package serve

import (
	"bytes"
	"image"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim"
)

// vectorOf is what the model says of a file without a server.
func vectorOf(t testing.TB, m *amdim.Model, file []byte) []float32 {
	t.Helper()
	img, err := amdim.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := m.Embed(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	return v[0]
}

func TestAVectorIsThatOfTheModel(t *testing.T) {
	h := handler(t, Config{})
	large := stripes(t, 500, 900, 3) // reduced before it waits
	for i, file := range [][]byte{photo(t, 0), photo(t, 5), large} {
		got := read[answers](t, post(h, "/v1/embed", file))
		want := vectorOf(t, h.config.Model, file)
		if len(got.Images) != 1 || got.Images[0].Name != "" || !slices.Equal(got.Images[0].Embedding, want) {
			t.Errorf("file %d: %v, want %v", i, got, want)
		}
	}
}

// Requests that wait for each other hold no photographs in full.
func TestImagesThatWaitAreReduced(t *testing.T) {
	h := handler(t, Config{})
	large := bytes.NewReader(stripes(t, 330, 330, 1))
	all, err := h.uploads(httptest.NewRequest(http.MethodPost, "/v1/embed", large))
	if err != nil || len(all) != 1 || all[0].image.Bounds() != image.Rect(0, 0, 66, 66) {
		t.Errorf("%v, %v", all, err)
	}
}

// A strip cannot be reduced: of many, not all wait for the others.
func TestImagesThatWaitTakeNoMoreThanTheirFilesMay(t *testing.T) {
	const limit = 100_000
	h := handler(t, Config{Bytes: limit})
	var files [][2]string
	for i := range 12 {
		files = append(files, [2]string{"strip.png", string(stripes(t, 50, 750-50*i, i))})
	}
	kind, body := form(t, files...)
	r := httptest.NewRequest(http.MethodPost, "/v1/embed", bytes.NewReader(body))
	r.Header.Set("Content-Type", kind)
	all, err := h.uploads(r)
	if err != nil || len(all) != len(files) {
		t.Fatalf("%d images, %v", len(all), err)
	}
	held, waiting := 0, 0
	for _, u := range all {
		if u.image != nil {
			waiting++
			held += 3 * u.image.Bounds().Dx() * u.image.Bounds().Dy()
		} else if u.vector == nil {
			t.Error("neither an image nor a vector")
		}
	}
	if held > limit || waiting == 0 {
		t.Errorf("%d images wait with %d bytes, %d may", waiting, held, limit)
	}
	got := read[answers](t, do(h, http.MethodPost, "/v1/embed", kind, bytes.NewReader(body))).Images
	for i, f := range files {
		if !slices.Equal(got[i].Embedding, vectorOf(t, h.config.Model, []byte(f[1]))) {
			t.Errorf("image %d has another vector", i)
		}
	}
}

func TestAFormHasSeveralImagesInOrder(t *testing.T) {
	h := handler(t, Config{})
	a, b := photo(t, 1), photo(t, 2)
	kind, body := form(t, [2]string{"a.png", string(a)}, [2]string{"torn.png", string(a[:99])},
		[2]string{"notes.txt", "hello"}, [2]string{"b.png", string(b)})
	got := read[answers](t, do(h, http.MethodPost, "/v1/embed", kind, bytes.NewReader(body))).Images
	if len(got) != 4 {
		t.Fatalf("%d answers", len(got))
	}
	for i, want := range []struct {
		name string
		file []byte
	}{{"a.png", a}, {"torn.png", nil}, {"notes.txt", nil}, {"b.png", b}} {
		if got[i].Name != want.name || (want.file == nil) != (got[i].Error != "") {
			t.Errorf("answer %d: %+v", i, got[i])
		}
		if want.file != nil && !slices.Equal(got[i].Embedding, vectorOf(t, h.config.Model, want.file)) {
			t.Errorf("%s has another vector", want.name)
		}
	}
}

// Vectors do not depend on what else is asked meanwhile; the race detector looks on.
func TestManyAskAtOnce(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 6)}, Requests: 100})
	var files [][]byte
	var want [][]float32
	for i := range 6 {
		files = append(files, photo(t, i))
		want = append(want, vectorOf(t, m, files[i]))
	}
	var all sync.WaitGroup
	for n := range 48 {
		all.Go(func() {
			i := n % len(files)
			switch n % 4 {
			case 0:
				if w := post(h, "/v1/segment?side=32&fit=0", files[i]); w.Code != http.StatusOK {
					t.Errorf("segment: %s", w.Body)
				}
			case 1:
				if w := post(h, "/v1/search", files[i]); w.Code != http.StatusOK {
					t.Errorf("search: %s", w.Body)
				}
			default:
				w := post(h, "/v1/embed", files[i])
				if w.Code != http.StatusOK {
					t.Errorf("embed: %s", w.Body)
				} else if got := read[answers](t, w); !slices.Equal(got.Images[0].Embedding, want[i]) {
					t.Errorf("file %d has another vector", i)
				}
			}
		})
	}
	all.Wait()
	if !h.decoding.TryAcquire(h.config.Pixels) || len(h.room) > 0 || len(h.segmenting) > 0 {
		t.Error("what was answered still holds room")
	}
}
