package live

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/amdim/amdim/internal/browser"
	"github.com/amdim/amdim/report"
)

func TestTheLivePageInABrowser(t *testing.T) {
	p := browser.Open(t)
	t.Run("follows a run to its end", func(t *testing.T) { checkARun(t, p.In(t)) })
	t.Run("says that its program is gone", func(t *testing.T) { checkAKill(t, p.In(t)) })
}

func checkARun(t *testing.T, p browser.Page) {
	s := listen(t)
	s.grace = 5 * time.Second
	p.Do(chromedp.Navigate(s.URL()))
	p.Until(`document.querySelector(".waiting .state")?.textContent.includes("not been made yet")`)
	p.Until(`source.readyState == EventSource.OPEN`)
	p.Eval(`window.sameDocument = true`)
	p.Shoot("live-waiting")

	s.Show(snapshot(200))
	p.Until(`document.title == "50 % · runs/shapes" && window.sameDocument`)
	p.Until(`document.querySelectorAll(".charts polyline").length == 4`)
	p.Until(`document.querySelector(".health .ok")?.textContent.includes("11.8 % below")`)
	p.Until(`document.querySelector(".tiles")?.textContent.includes("1 min 35 s")`)
	p.Shoot("live-running")
	p.Themes("live", "rgb(20, 24, 31)")

	end := snapshot(400)
	end.State, end.Text = report.Ended, "The run has ended: 400 of 400 updates."
	s.Show(end)
	p.Until(`document.querySelector(".ended .state")?.textContent.includes("The run has ended")`)
	p.Until(`source.readyState == EventSource.CLOSED`)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if p.Eval(`document.getElementById("lost").hidden`) != "true" {
		t.Error("the page of a run that ended says that its connection is lost")
	}
	p.Shoot("live-ended")
	if urls := p.Elsewhere(); urls != "[]" {
		t.Errorf("the page asked for %s", urls)
	}
}

func checkAKill(t *testing.T, p browser.Page) {
	s := listen(t)
	p.Do(chromedp.Navigate(s.URL()))
	p.Until(`source.readyState == EventSource.OPEN`)
	s.http.Close() // as a kill does: no last event
	p.Until(`!document.getElementById("lost").hidden`)
	p.Shoot("live-lost")
}
