package report

import (
	"regexp"
	"strings"
	"testing"

	"github.com/amdim/amdim/train/health"
)

func TestProgressShowsStatusAndHealth(t *testing.T) {
	p := Progress{
		Status: &Status{State: Running, Text: "epoch 2 <of> 5", Done: 0.425,
			Tiles: []Tile{{"pairs/s", "240", "now"}}},
		Health: []health.Finding{
			{Kind: health.Starved, Level: health.Warn, Title: "Training waits",
				Figure: "12 % of the time", Do: "more threads"},
			{Kind: health.Learning, Level: health.OK, Title: "Learning", Figure: "8 % below"},
		},
	}
	html, err := p.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`class="status running"`, "epoch 2 &lt;of&gt; 5", "width:42.5%",
		"<dt>pairs/s</dt><dd>240 <small>now</small>",
		`<li class="warn"><strong>Training waits</strong>`, "What to do: more threads.", `<li class="ok">`,
	} {
		if !strings.Contains(string(html), want) {
			t.Errorf("no %q in %s", want, html)
		}
	}
	if strings.Count(string(html), "What to do") != 1 {
		t.Error("a finding without advice gives one")
	}
}

// Both themes of the page know every colour that the style sheets use.
func TestStyleDefinesItsColours(t *testing.T) {
	css, err := Style()
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range regexp.MustCompile(`var\((--[a-z0-9]+)\)`).FindAllStringSubmatch(string(css), -1) {
		if strings.Count(string(css), use[1]+": #") != 2 {
			t.Errorf("%s is not defined for the light and the dark theme", use[1])
		}
	}
}
