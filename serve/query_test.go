package serve

import (
	"bytes"
	"net/http"
	"testing"
)

func TestWrongParametersAreRefused(t *testing.T) {
	m := openModel(t)
	h := handler(t, Config{Model: m, Offer: Offer{Index: album(t, m, 3)}})
	good := photo(t, 1)
	for target, want := range map[string]string{
		"/v1/embed?k=3":                        `unknown parameter "k": /v1/embed takes none`,
		"/v1/search?zz=1&a=2":                  `unknown parameter "a": need one of k`,
		"/v1/segment?sides=3":                  "did you mean side?",
		"/v1/search?k=3&k=5":                   "k is given 2 times",
		"/v1/search?k=0":                       "k=0: need 1 to 1000",
		"/v1/search?k=1001":                    "need 1 to 1000",
		"/v1/search?k=%2":                      "cannot be read",
		"/v1/segment?tau=x":                    "tau=x: need a number",
		"/v1/segment?tau=NaN":                  "tau = NaN",
		"/v1/segment?share=NaN":                "share = NaN",
		"/v1/segment?upsample=x":               "upsample=x: need guided, bilinear",
		"/v1/segment?fit=-1":                   "fit=-1: need 0 (none) or more",
		"/v1/segment?as=gif":                   "as=gif: need overlay",
		"/v1/segment?side=3":                   "side = 3",
		"/v1/segment?fit=100000":               "fit = 100000, need 0 to 10000",
		"/v1/segment?side=9999999999999999999": "need a whole number",
	} {
		refused(t, target, do(h, http.MethodPost, target, "", bytes.NewReader(good)), 400, want)
	}
	refused(t, "a description", do(h, http.MethodGet, "/v1/model?as=json", "", nil), 400, "/v1/model takes none")
}

// A probe that adds one to get past a cache must not find a sick server.
func TestHealthAndThePageIgnoreParameters(t *testing.T) {
	h := handler(t, Config{})
	for _, target := range []string{"/health?at=1", "/?from=mail", "/page.js?v=2"} {
		if w := do(h, http.MethodGet, target, "", nil); w.Code != http.StatusOK {
			t.Errorf("%s: status %d", target, w.Code)
		}
	}
}
