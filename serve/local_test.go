package serve

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"
)

// Neither a page of another site nor one that makes its own name lead here may ask.
func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	h := Local(handler(t, Config{}), "photos.example")
	for _, c := range []struct {
		host, site, origin string
		status             int
	}{
		{"127.0.0.1:8080", "", "", 200}, // curl
		{"localhost:8080", "same-origin", "http://localhost:8080", 200},
		{"photos.example", "same-origin", "https://photos.example", 200},
		{"evil.example", "same-origin", "http://evil.example", 403},
		{"127.0.0.1:8080", "cross-site", "http://evil.example", 403},
		{"127.0.0.1:8080", "", "http://evil.example", 403}, // an old browser
		{"", "", "", 403},
	} {
		r := httptest.NewRequest(http.MethodPost, "/v1/embed", bytes.NewReader(photo(t, 1)))
		r.Host = c.host
		if c.site != "" {
			r.Header.Set("Sec-Fetch-Site", c.site)
		}
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := record(h, r)
		if c.status == 403 {
			refused(t, c.host+" "+c.origin, w, 403, "")
		} else if w.Code != c.status {
			t.Errorf("%+v: status %d: %s", c, w.Code, w.Body)
		}
	}
}
