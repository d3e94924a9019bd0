package serve

import (
	"context"
	"image"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/internal/browser"
)

// counting counts the requests at a path.
func counting(h http.Handler, path string, n *atomic.Int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			n.Add(1)
		}
		h.ServeHTTP(w, r)
	})
}

func TestThePageInABrowser(t *testing.T) {
	p := browser.Open(t)
	m := openModel(t)
	h := handler(t, Config{
		Model: m, Title: "runs/photos", Offer: Offer{
			Index: album(t, m, 9), Classifier: learnt(t, m),
			Picture: func(_ context.Context, i int) (image.Image, error) { return amdim.Decode(photo(t, i)) },
		},
	})
	var divided atomic.Int64 // pictures
	server := httptest.NewServer(counting(Local(h), "/v1/segment", &divided))
	defer server.Close()
	given := filepath.Join(t.TempDir(), "given.png")
	if err := os.WriteFile(given, stripes(t, 120, 80, 4), 0o644); err != nil {
		t.Fatal(err)
	}

	p.Do(chromedp.Navigate(server.URL))
	p.Until(`document.getElementById("about").textContent.includes("9 images to search")`)
	p.Shoot("serve-empty")
	p.Do(chromedp.SetUploadFiles("#file", []string{given}))
	p.Until(`document.querySelectorAll("#matches li img").length == 9`)
	p.Until(`[...document.querySelectorAll("#matches img")].every(i => i.complete && i.naturalWidth > 0)`)
	p.Until(`document.querySelectorAll("#classes tr").length == 5`)
	p.Until(`document.getElementById("overlay").naturalWidth == 120`)
	p.Until(`document.querySelectorAll("#parts tr").length >= 1`)
	if n := divided.Load(); n != 1 {
		t.Errorf("a picture is divided %d times", n)
	}
	p.Until(`document.querySelector("#vector pre").textContent.startsWith("[")`)
	if p.Eval(`document.getElementById("wrong").hidden`) != "true" {
		t.Error("an error is shown: " + p.Eval(`document.getElementById("wrong").textContent`))
	}
	if p.Eval(`document.getElementById("copy").hidden`) != "false" {
		t.Error("a vector cannot be copied")
	}
	p.Shoot("serve-answers")
	p.Themes("serve", "rgb(20, 24, 31)")

	p.Eval(`document.querySelector("#matches button").click()`)
	p.Until(`document.querySelectorAll("#matches li").length == 8 && document.getElementById("vector").hidden`)

	p.Eval(`Object.defineProperty(navigator, "clipboard", {value: undefined}) && 0`)
	p.Do(chromedp.SetUploadFiles("#file", []string{given}))
	p.Until(`!document.getElementById("vector").hidden && document.getElementById("copy").hidden`)

	text := filepath.Join(t.TempDir(), "notes.png")
	if err := os.WriteFile(text, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.Do(chromedp.SetUploadFiles("#file", []string{text}))
	p.Until(`document.getElementById("wrong").textContent.includes("known format")`)
	p.Until(`document.getElementById("parts").hidden`)
	if urls := p.Elsewhere(); urls != "[]" {
		t.Errorf("the page asked for %s", urls)
	}
}
