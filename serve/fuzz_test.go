package serve

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// Whatever is sent, the answer is JSON or a picture, and never this side's fault.
func FuzzRequest(f *testing.F) {
	kind, body := form(f, [2]string{"a.png", string(stripes(f, 4, 4, 1))})
	f.Add("/v1/embed", "", stripes(f, 9, 5, 1))
	f.Add("/v1/embed", kind, body)
	f.Add("/v1/embed", kind, body[:200])
	f.Add("/v1/segment?side=32&fit=0&as=json", "image/png", stripes(f, 9, 5, 1))
	f.Add("/v1/search?k=3", "multipart/form-data; boundary=x", []byte("--x\r\n\r\n\r\n--x--\r\n"))
	f.Add("/v1/classify?k=1", ";;", []byte("GIF89a"))
	m := openModel(f)
	h := handler(f, Config{
		Model: m, Offer: Offer{Index: album(f, m, 3), Classifier: learnt(f, m)}, Pixels: 10_000, Bytes: 100_000,
	})
	f.Fuzz(func(t *testing.T, target, kind string, body []byte) {
		r, err := http.NewRequest(http.MethodPost, "http://x/"+target, bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Content-Type", kind)
		w := record(h, r)
		if w.Code == http.StatusInternalServerError {
			t.Fatalf("%s: %s", target, w.Body)
		}
		if w.Header().Get("Content-Type") == "application/json" && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%s: %q", target, w.Body)
		}
	})
}
