package serve

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// Neither a page of another site nor one that makes its own name lead here may ask.
func TestPagesOfOtherSitesAreRefused(t *testing.T) {
	h := Local(handler(t, Config{}), "photos.example", "other.example:8443")
	for _, c := range []struct {
		host, site, origin string
		status             int
	}{
		{"127.0.0.1:8080", "", "", 200}, // curl
		{"localhost:8080", "same-origin", "http://localhost:8080", 200},
		{"photos.example", "same-origin", "https://photos.example", 200},
		{"other.example:8443", "same-origin", "https://other.example:8443", 200},
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

// What a page of another site holds is not answered, but a link to here is.
func TestPagesOfOtherSitesHoldNothingFromHere(t *testing.T) {
	h := Local(handler(t, Config{}))
	for _, c := range []struct {
		site, dest string
		status     int
	}{
		{"", "", 200},
		{"same-origin", "image", 200},
		{"none", "document", 200}, // typed
		{"cross-site", "document", 200},
		{"cross-site", "image", 403},
		{"cross-site", "iframe", 403},
		{"cross-site", "", 403},
		{"same-site", "image", 403},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/page.css", nil)
		r.Header.Set("Sec-Fetch-Site", c.site)
		r.Header.Set("Sec-Fetch-Dest", c.dest)
		w := record(h, r)
		if w.Code != c.status || w.Header().Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%+v: status %d: %v", c, w.Code, w.Header())
		}
	}
}

// Whoever is refused cannot keep a connection by a body that does not come.
func TestARefusedConnectionEnds(t *testing.T) {
	h := Local(handler(t, Config{}))
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		conn, in := connect(t, h)
		fmt.Fprint(conn, "POST /v1/embed HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 100\r\n\r\n")
		status(t, in, http.StatusForbidden)
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("refused after %v", took)
		}
	})
}
