package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Page is a page in a headless browser. What goes wrong ends the test.
type Page struct {
	t   *testing.T
	ctx context.Context
}

// Open starts a headless browser, or skips the test where none is installed.
func Open(t *testing.T) Page {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1200, 1100),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	deadline, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	allocated, release := chromedp.NewExecAllocator(deadline, options...)
	ctx, quit := chromedp.NewContext(allocated)
	t.Cleanup(func() { quit(); release(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Skipf("no browser: %v", err)
	}
	return Page{t, ctx}
}

// In is the same page in another test.
func (p Page) In(t *testing.T) Page { return Page{t, p.ctx} }

// Do does what chromedp can.
func (p Page) Do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// Eval is the value of an expression in the page, as JSON.
func (p Page) Eval(expression string) string {
	p.t.Helper()
	await := true
	awaited := func(e *runtime.EvaluateParams) { e.AwaitPromise = &await }
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[any](expression, awaited))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// Until waits until an expression is true in the page. It evaluates as the
// debugger: the page itself may not, by its policy.
func (p Page) Until(expression string) {
	p.t.Helper()
	p.Eval(fmt.Sprintf(`new Promise(done => {
		const look = () => { if (%s) done(true); else setTimeout(look, 20); };
		look();
	})`, expression))
}

// Shoot writes a picture of the page into $AMDIM_SCREENSHOTS, where it is set.
func (p Page) Shoot(name string) {
	p.t.Helper()
	folder := os.Getenv("AMDIM_SCREENSHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Themes looks at the page on a telephone in the dark and on a wide screen in the dark, and
// leaves it as it was. ground is the colour of the dark page.
func (p Page) Themes(name, ground string) {
	p.t.Helper()
	p.Do(chromedp.EmulateViewport(390, 900))
	p.media(&emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	p.Until(fmt.Sprintf(`getComputedStyle(document.body).backgroundColor == %q`, ground))
	if p.Eval(`document.documentElement.scrollWidth <= innerWidth`) != "true" {
		p.t.Error("a narrow page is wider than its window")
	}
	p.Shoot(name + "-narrow-dark")
	p.Do(chromedp.EmulateViewport(1200, 1100))
	p.Shoot(name + "-dark")
	p.media()
}

func (p Page) media(features ...*emulation.MediaFeature) {
	p.t.Helper()
	media := emulation.SetEmulatedMediaParams{Features: features}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, media); err != nil {
		p.t.Fatal(err)
	}
}

// Elsewhere are the addresses of other origins that the page asked for, as JSON.
func (p Page) Elsewhere() string {
	p.t.Helper()
	return p.Eval(`performance.getEntriesByType("resource").map(r => r.name)
		.filter(name => !name.startsWith(location.origin) && !name.startsWith("blob:" + location.origin) &&
			!name.startsWith("data:"))`)
}
