package serve

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/looks"
)

// brokenOff ends a call at each place where it looks at its context, and returns how many these are.
func brokenOff(t *testing.T, what string, call func(ctx context.Context) (reply, error)) int {
	t.Helper()
	var whole *looks.Context
	for range 2 { // the first also looks when the network is compiled
		whole = looks.After(1 << 20)
		if _, err := call(whole); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	for done := range whole.Made() {
		out, err := call(looks.After(done))
		if !errors.Is(err, context.Canceled) || statusOf(err) != http.StatusServiceUnavailable {
			t.Errorf("%s, done after %d looks: %s, %v", what, done, out.body, err)
		}
	}
	return whole.Made()
}

// An image that is broken off is no damaged one among several: nobody waits for the others.
func TestVectorsAreBrokenOffWhileAnImageIsDecoded(t *testing.T) {
	h := handler(t, Config{})
	file := [2]string{"a.png", string(noise(t, 90))}
	kind, body := form(t, file, file)
	made := brokenOff(t, "embed", func(ctx context.Context) (reply, error) {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/embed", bytes.NewReader(body))
		r.Header.Set("Content-Type", kind)
		return h.embed(r)
	})
	if made < 2*8 {
		t.Errorf("%d looks while two images are decoded", made)
	}
}

// Pictures of large segmentations take as long as these.
func TestPartsAreBrokenOffWhileTheyAreDrawn(t *testing.T) {
	h := handler(t, Config{})
	file := noise(t, 300)
	img, err := amdim.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := h.config.Model.Segment(t.Context(), img, coarse)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Labels.Label { // labels that no PNG makes small
		s.Labels.Label[i] = int32(uint32(i) * 2654435761 >> 24 % 3)
	}
	for picture, least := range map[string]int{"overlay": 5, "colours": 5, "labels": 3} {
		for _, as := range []string{picture, "json"} {
			made := brokenOff(t, as, func(ctx context.Context) (reply, error) { return answer(ctx, s, as, picture) })
			if made < least {
				t.Errorf("%s of %s: %d looks, want %d", as, picture, made, least)
			}
		}
	}
}
