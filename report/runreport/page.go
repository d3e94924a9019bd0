package runreport

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/report"
)

// Options say what pictures a page has, and who is told while they are made.
type Options struct {
	Engine engine.Engine // computes the pictures; nil: a page without any

	// Images are pictured: their views, neighbours and matching scores. nil: the only pictures
	// are those that Segmented asks for.
	Images *Images

	Encoded   int // train images among which neighbours are looked for; 0: up to 2000, by cost
	Segmented int // with a mixture: how many of the best and of the worst segmented images to show
	Threads   int // 0: one per core

	Stage func(what string) // called before what takes time, such as "encode 500 images"; may be nil
	Note  func(Notice)      // called with what readers of the page should know; may be nil
}

// Notice says what a page lacks or shows in the place of something else.
type Notice struct {
	Text  string
	Cause error // nil: Text says it all
}

func (n Notice) String() string {
	if n.Cause == nil {
		return n.Text
	}
	return n.Text + ": " + n.Cause.Error()
}

// pageMaker makes the pictures of a run's page.
type pageMaker struct {
	Options
	run *Run
}

func (m pageMaker) stage(format string, args ...any) {
	if m.Stage != nil {
		m.Stage(fmt.Sprintf(format, args...))
	}
}

func (m pageMaker) note(cause error, format string, args ...any) {
	if m.Note != nil {
		m.Note(Notice{fmt.Sprintf(format, args...), cause})
	}
}

// mostEncoded is how many train images are encoded.
func (m pageMaker) mostEncoded() int {
	if m.Encoded > 0 {
		return m.Encoded
	}
	return m.run.affordableImages()
}

// refreshBy takes BatchNorm's statistics from as many plain train images as the page encodes.
func refreshBy(encoded int) encoder.RefreshConfig {
	return encoder.RefreshConfig{Images: encoded, Batch: 100, Seed: 1}
}

// spec names the run's images, where they are now.
func (m pageMaker) spec() string {
	if m.Images != nil && m.Images.Spec != "" {
		return m.Images.Spec
	}
	return m.run.meta.Data.Spec
}

// Page is the report of the run. Its fields may be changed before it is written.
func (r *Run) Page(ctx context.Context, o Options) (*report.Page, error) {
	page := r.pageWithoutPictures()
	switch {
	case o.Engine == nil && o.Images != nil:
		return nil, errors.New("report: Images without an Engine to picture them")
	case o.Engine == nil:
		return page, nil
	}
	if err := parallel.CheckThreads(o.Threads); err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	m := pageMaker{o, r}
	if o.Images != nil {
		g := gallery{pageMaker: m}
		if err := g.addTo(ctx, page); err != nil {
			return nil, err
		}
	}
	if r.hasMixture() {
		p := segmentationPictures{pageMaker: m}
		if err := p.addTo(ctx, page.Segmentation); err != nil {
			return nil, err
		}
	}
	return page, nil
}

// pageWithoutPictures is the report as the folder tells it.
func (r *Run) pageWithoutPictures() *report.Page {
	page := &report.Page{
		Title: "Run " + r.name(), Headline: r.headline(), Result: r.result, Evaluated: r.evaluationNote(),
		Progress: report.Progress{
			Health: r.findings(), Charts: report.Curves(r.records, r.meta.Data.Classes),
		},
		Commands: r.allCommands(), Facts: r.facts(), Config: indented(r.meta.Config),
	}
	if r.hasMixture() {
		page.Segmentation = r.segmentation()
	}
	for _, c := range r.curves {
		page.Accuracies = append(page.Accuracies, report.Accuracies(*c)...)
	}
	for _, t := range r.transfers {
		transfer := report.Transfer{Table: report.Table{Result: t}, Note: r.whenMeasured(t)}
		page.Transfers = append(page.Transfers, transfer)
	}
	page.Unseen, page.Confusion = r.unseen(), r.confusion()
	for _, u := range r.unreadable {
		why := u.Error
		if u.Host != "" {
			why += ", on " + u.Host
		}
		page.Unreadable = append(page.Unreadable, report.Fact{Name: u.Name, Value: why})
	}
	return page
}

// indented is JSON to be read.
func indented(text json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}
