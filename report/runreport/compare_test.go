package runreport

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/report"
)

func TestLinksLeadToFoldersOfAnyName(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct{ page, want string }{
		{"plain/report.html", "plain/report.html"}, {"my run/report.html", "my%20run/report.html"},
		{"mix#2/report.html", "mix%232/report.html"}, {"a?b/report.html", "a%3Fb/report.html"},
		{"50%25/report.html", "50%2525/report.html"}, {"exp:1/report.html", "./exp:1/report.html"},
		{"missing/report.html", ""},
	} {
		if c.want != "" {
			if err := os.MkdirAll(filepath.Dir(c.page), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.page, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got := linkTo("compare.html", c.page)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.page, got, c.want)
		}
		var b strings.Builder
		if err := (&report.Comparison{Runs: []report.Run{{Page: got}}}).Write(&b); err != nil {
			t.Fatal(err)
		}
		if c.want != "" && !strings.Contains(b.String(), `href="`+c.want+`"`) {
			t.Errorf("%s: the page has no link to %q", c.page, c.want)
		}
	}
}

func TestComparedRunsSayWhenTheyWereEvaluated(t *testing.T) {
	a, b, c := measuredRun(10, "x"), measuredRun(5, "x"), measuredRun(1, "x")
	c.result = nil
	for _, run := range Compare([]*Run{a, a}, "out.html").Runs {
		if run.Fact("accuracy") != "" {
			t.Errorf("of the last state: %+v", run.Facts)
		}
	}
	page := Compare([]*Run{a, b, c}, "out.html")
	for i, want := range []string{"measured at update 10", "measured at update 5", "not measured"} {
		if got := page.Runs[i].Fact("accuracy"); got != want {
			t.Errorf("run %d: %q, want %q", i, got, want)
		}
	}
}
