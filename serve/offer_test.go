package serve

import (
	"context"
	"errors"
	"image"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim"
)

func TestAnOfferIsReplacedWhileItIsAskedFor(t *testing.T) {
	m := openModel(t)
	few, more, classes := album(t, m, 2), album(t, m, 6), learnt(t, m)
	h := handler(t, Config{Model: m, Offer: Offer{Index: few}})
	refused(t, "no classes", post(h, "/v1/classify", photo(t, 1)), 404, "no classes")
	var asking sync.WaitGroup
	for range 4 {
		asking.Go(func() {
			for range 10 {
				w := post(h, "/v1/search", photo(t, 1))
				if n := len(read[answers](t, w).Images[0].Matches); n != 2 && n != 6 {
					t.Errorf("%d matches", n)
				}
			}
		})
	}
	if err := h.Replace(Offer{Index: more, Classifier: classes}); err != nil {
		t.Fatal(err)
	}
	asking.Wait()
	if n := len(read[answers](t, post(h, "/v1/search", photo(t, 1))).Images[0].Matches); n != 6 {
		t.Errorf("%d matches in 6 images", n)
	}
	got := read[answers](t, post(h, "/v1/classify", photo(t, 1))).Images[0].Classes
	if len(got) != min(5, len(classes.Classes)) {
		t.Errorf("classes %v", got)
	}
	said := read[about](t, do(h, http.MethodGet, "/v1/model", "", nil))
	if said.Search.Images != 6 || !slices.Equal(said.Classes.Classes, classes.Classes) {
		t.Errorf("said to offer %+v", said)
	}
}

func TestARequestEndsWithTheOfferThatItBeganWith(t *testing.T) {
	m := openModel(t)
	few := album(t, m, 1)
	var h *Handler
	h = handler(t, Config{Model: m, Offer: Offer{
		Index: album(t, m, 3),
		Picture: func(context.Context, int) (image.Image, error) {
			if err := h.Replace(Offer{Index: few}); err != nil {
				t.Error(err)
			}
			return nil, errors.New("has gone")
		},
	}, Log: func(string, ...any) {}})
	refused(t, "a picture", do(h, http.MethodGet, "/v1/picture?index=2", "", nil), 404, "c.png cannot be shown")
	refused(t, "a picture after it", do(h, http.MethodGet, "/v1/picture?index=0", "", nil), 404, "no pictures")
}

func TestAWrongOfferReplacesNothing(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 2)}})
	other := album(t, m, 3)
	other.Set().Model.Checkpoint = "another"
	if err := h.Replace(Offer{Index: other}); !errors.Is(err, amdim.ErrOtherNetwork) {
		t.Error(err)
	}
	if n := h.Offer().Index.Set().Len(); n != 2 {
		t.Errorf("%d images are searched", n)
	}
}
