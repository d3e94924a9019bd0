package serve

import (
	"context"
	"errors"
	"image"
	"io"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/amdim/amdim"
)

func TestAnOfferChangesWhileItIsAskedFor(t *testing.T) {
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
	asking.Go(func() { update(t, h, func(o *Offer) { o.Index = more }) })
	asking.Go(func() { update(t, h, func(o *Offer) { o.Classifier = classes }) })
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

// update changes the offer of h.
func update(t *testing.T, h *Handler, f func(o *Offer)) {
	t.Helper()
	err := h.Update(func(o *Offer) error {
		f(o)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAnOfferThatWasReplacedIsFreed(t *testing.T) {
	m := openModel(t)
	first, few := album(t, m, 2), album(t, m, 1)
	gone := make(chan struct{})
	runtime.AddCleanup(first, func(struct{}) { close(gone) }, struct{}{})
	h := handler(t, Config{Model: m, Offer: Offer{Index: first}})
	first = nil
	update(t, h, func(o *Offer) { o.Index = few })
	for range 100 {
		runtime.GC()
		select {
		case <-gone:
			runtime.KeepAlive(h)
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
	t.Error("the first index is still held")
	runtime.KeepAlive(h)
}

func TestARequestEndsWithTheOfferThatItBeganWith(t *testing.T) {
	m := openModel(t)
	few := album(t, m, 1)
	var h *Handler
	h = handler(t, Config{Model: m, Offer: Offer{
		Index: album(t, m, 3),
		Picture: func(context.Context, int) (image.Image, error) {
			update(t, h, func(o *Offer) { *o = Offer{Index: few} })
			return nil, errors.New("has gone")
		},
	}, Log: func(string, ...any) {}})
	refused(t, "a picture", do(h, http.MethodGet, "/v1/picture?index=2", "", nil), 404, "c.png cannot be shown")
	refused(t, "a picture after it", do(h, http.MethodGet, "/v1/picture?index=0", "", nil), 404, "no pictures")
}

func TestAWrongOfferChangesNothing(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 2)}})
	other := album(t, m, 3)
	other.Set().Model.Checkpoint = "another"
	for _, want := range []error{amdim.ErrOtherNetwork, io.EOF} {
		err := h.Update(func(o *Offer) error {
			o.Index = other
			if want == io.EOF {
				return want
			}
			return nil
		})
		if !errors.Is(err, want) {
			t.Error(err)
		}
	}
	if n := h.Offer().Index.Set().Len(); n != 2 {
		t.Errorf("%d images are searched", n)
	}
}
