package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"math"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/tensor"
)

// Page is what a report shows, from top to bottom. Zero fields are left out.
type Page struct {
	Title        string
	Headline     string // the result in one sentence
	Result       *eval.Result
	Unseen       bool   // pretraining saw none of the test images, either
	Evaluated    string // about Result: when it was measured, or how it can be
	Transfers    []Transfer
	Accuracies   []Chart // against epochs
	Progress     Progress
	Views        []View
	Pictured     string // the images of the pictures, if the run learnt from others
	Classes      []string
	Sample       string // which images the pictures were chosen from
	Near         Retrieval
	Matching     Matching
	Confusion    *Confused
	Segmentation *Segmentation // nil: the network has no mixture
	Unreadable   []Fact        // file and reason
	Commands     []string      // that made the run
	Facts        []Fact        // environment, data, time
	Config       string        // the run's configuration, as JSON
}

// View is an image with the two augmented views that training compares.
type View struct{ Image, First, Second tensor.Image }

// Fact is a line of the environment.
type Fact struct{ Name, Value string }

//go:embed *.html *.css
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"picture": dataURI,
	"tenth":   tenth,
	"three":   func(x float64) string { return fmt.Sprintf("%.3f", x) },
	"percent": func(x float64) string { return fmt.Sprintf("%.1f", 100*x) },
	"short":   func(hash string) string { return hash[:min(16, len(hash))] },
	"style":   style,
}).ParseFS(files, "*.html"))

// tenth is x to one decimal place, and never -0.0.
func tenth(x float64) string { return fmt.Sprintf("%.1f", math.Round(10*x)/10+0) }

func style() (template.CSS, error) {
	names, err := fs.Glob(files, "*.css")
	if err != nil {
		return "", err
	}
	var all []byte
	for _, name := range names {
		css, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		all = append(all, css...)
	}
	return template.CSS(all), nil
}

// Write renders the page.
func (p *Page) Write(w io.Writer) error {
	err := visibly(w, func(w io.Writer) error { return page.Execute(w, p) })
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}

// Table is that of Result's accuracies.
func (p *Page) Table() Table { return Table{p.Result} }

// Smooth reports whether pictures are enlarged smoothly: small ones are shown
// with visible pixels.
func (p *Page) Smooth() bool { return len(p.Views) > 0 && p.Views[0].Image.W > smallSide }

// mostUnreadable files are named; the others are counted.
const mostUnreadable = 50

// UnreadableShown returns the unreadable files that are named.
func (p *Page) UnreadableShown() []Fact { return p.Unreadable[:min(mostUnreadable, len(p.Unreadable))] }

// UnreadableRest is the number of unreadable files beyond these.
func (p *Page) UnreadableRest() int { return len(p.Unreadable) - len(p.UnreadableShown()) }

// Labelled is a picture under its class.
type Labelled struct {
	Neighbour
	Class string
	Wrong bool
}

// LabelledQuery is a query with the classes spelled out.
type LabelledQuery struct {
	Query
	Class      string
	Neighbours []Labelled
}

// Queries adds the class names of queries and neighbours.
func (p *Page) Queries(queries []Query) []LabelledQuery {
	named := make([]LabelledQuery, len(queries))
	for i, q := range queries {
		named[i] = LabelledQuery{Query: q, Class: p.class(q.Label)}
		for _, n := range q.Neighbours {
			l := Labelled{Neighbour: n, Class: p.class(n.Label), Wrong: n.Label != q.Label}
			named[i].Neighbours = append(named[i].Neighbours, l)
		}
	}
	return named
}
