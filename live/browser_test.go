package live

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

	"github.com/amdim/amdim/report"
)

// browser is a page in a headless browser.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// openBrowser starts a headless browser, or skips where none is installed.
func openBrowser(t *testing.T) browser {
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
	return browser{t, ctx}
}

func (b browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// eval is the value of an expression in the page, as JSON.
func (b browser) eval(expression string) string {
	b.t.Helper()
	await := true
	awaited := func(p *runtime.EvaluateParams) { p.AwaitPromise = &await }
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](expression, awaited))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	text, err := json.Marshal(v)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

// until waits until an expression is true in the page. It evaluates as the
// debugger: the page itself may not, by its policy.
func (b browser) until(expression string) {
	b.t.Helper()
	b.eval(fmt.Sprintf(`new Promise(done => {
		const look = () => { if (%s) done(true); else setTimeout(look, 20); };
		look();
	})`, expression))
}

// shoot writes a picture of the page into $AMDIM_SCREENSHOTS, where it is set.
func (b browser) shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("AMDIM_SCREENSHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func TestTheLivePageInABrowser(t *testing.T) {
	b := openBrowser(t)
	t.Run("follows a run to its end", func(t *testing.T) { browser{t, b.ctx}.checkARun() })
	t.Run("says that its program is gone", func(t *testing.T) { browser{t, b.ctx}.checkAKill() })
}

func (b browser) checkARun() {
	t := b.t
	s := listen(t)
	s.grace = 5 * time.Second
	b.do(chromedp.Navigate(s.URL()))
	b.until(`document.querySelector(".waiting .state")?.textContent.includes("not been made yet")`)
	b.until(`source.readyState == EventSource.OPEN`)
	b.eval(`window.sameDocument = true`)
	b.shoot("live-waiting")

	s.Show(snapshot(200))
	b.until(`document.title == "50 % · runs/shapes" && window.sameDocument`)
	b.until(`document.querySelectorAll(".charts polyline").length == 4`)
	b.until(`document.querySelector(".health .ok")?.textContent.includes("11.8 % below")`)
	b.until(`document.querySelector(".tiles")?.textContent.includes("1 min 35 s")`)
	b.shoot("live-running")
	b.checkThemes()

	end := snapshot(400)
	end.State, end.Text = report.Ended, "The run has ended: 400 of 400 updates."
	s.Show(end)
	b.until(`document.querySelector(".ended .state")?.textContent.includes("The run has ended")`)
	b.until(`source.readyState == EventSource.CLOSED`)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if b.eval(`document.getElementById("lost").hidden`) != "true" {
		t.Error("the page of a run that ended says that its connection is lost")
	}
	b.shoot("live-ended")
	elsewhere := `performance.getEntriesByType("resource").map(r => r.name)
		.filter(name => !name.startsWith(location.origin))`
	if urls := b.eval(elsewhere); urls != "[]" {
		t.Errorf("the page asked for %s", urls)
	}
}

// checkThemes looks at the page on a telephone, and in the dark.
func (b browser) checkThemes() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(390, 900))
	dark := emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}},
	}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, dark); err != nil {
		b.t.Fatal(err)
	}
	b.until(`getComputedStyle(document.body).backgroundColor == "rgb(20, 24, 31)"`)
	if b.eval(`document.documentElement.scrollWidth <= innerWidth`) != "true" {
		b.t.Error("a narrow page is wider than its window")
	}
	b.shoot("live-narrow-dark")
	b.do(chromedp.EmulateViewport(1200, 1100))
	b.shoot("live-dark")
	var light emulation.SetEmulatedMediaParams
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, light); err != nil {
		b.t.Fatal(err)
	}
}

func (b browser) checkAKill() {
	s := listen(b.t)
	b.do(chromedp.Navigate(s.URL()))
	b.until(`source.readyState == EventSource.OPEN`)
	s.http.Close() // as a kill does: no last event
	b.until(`!document.getElementById("lost").hidden`)
	b.shoot("live-lost")
}
