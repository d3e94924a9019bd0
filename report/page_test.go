package report

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

func pattern(i int) (tensor.Image, error) {
	m := tensor.NewImage(32, 32)
	s := rng.New(1, 0, i, rng.Generate)
	a, b := s.Uniform(2, 6), s.Uniform(2, 6)
	for p := range m.Pix {
		y, x, c := float64(p/96), float64(p/3%32), float64(p%3)
		m.Pix[p] = uint8(128 + 100*math.Sin(y/a+c)*math.Cos(x/b+float64(i)))
	}
	return m, nil
}

type patterns struct{}

func (patterns) Image(i int) (tensor.Image, error) { return pattern(i) }
func (patterns) Name(i int) string                 { return fmt.Sprintf("picture %d", i) }

// match is a row of maps that rise to the right, over three pictures.
func match(i int) MatchRow {
	r := MatchRow{Name: "circle"}
	r.Query, _ = pattern(i)
	for j, kind := range []string{"own view", "nearest neighbour", "other image"} {
		t := MatchTarget{Kind: kind}
		t.Image, _ = pattern(i + j)
		for l := range encoder.MapSide * encoder.MapSide {
			t.Scores = append(t.Scores, float32(l%encoder.MapSide-3*j))
		}
		r.Targets = append(r.Targets, t)
	}
	return r
}

func curve(name string, from, to, level float64) Series {
	s := Series{Name: name, Level: level}
	for i := range 60 {
		s.X = append(s.X, float64(i*10))
		s.Y = append(s.Y, to+(from-to)*math.Exp(-float64(i)/15))
	}
	return s
}

func row(name, protocol string, runs ...float64) eval.Row {
	return eval.Row{Representation: name, Dim: 512, Protocol: protocol, Accuracy: eval.NewScore(runs...)}
}

// sample is a page with something in every part.
func sample(t *testing.T) *Page {
	t.Helper()
	p := &Page{
		Title:    "AMDIM on generated shapes",
		Headline: "A sentence with <markup> & signs.",
		Commands: []string{"amdim demo --out amdim-demo"},
		Unseen:   true,
		Classes:  []string{"circle", "square", "star"},
		Facts:    []Fact{{"machine", "2 cores"}, {"time", "1 min 58 s"}},
		Config:   "{\n  \"ndf\": 64\n}",
		Progress: Progress{Status: &Status{State: Ended, Text: "update 600 of 600", Done: 1}, Charts: []Chart{
			{Title: "Losses", X: "step", Series: []Series{curve("1→5", 7, 4, 7.3), curve("1→7", 8, 6, 8)}},
			{Title: "Accuracy", X: "step", Top: 100, Series: []Series{curve("linear", 10, 71, 0)}},
		}},
		Result: &eval.Result{Config: eval.Default(), Train: 90, Test: 30, Classes: 3, Rows: []eval.Row{
			row(eval.Model, "linear", 0.71, 0.72, 0.73), row(eval.Model, "knn-20", 0.69),
			row(eval.RandomEncoder, "linear", 0.41, 0.42, 0.43), row(eval.RandomEncoder, "knn-20", 0.35),
		}},
	}
	p.Matching = Matching{Rows: []MatchRow{match(1), match(2)}, Rule: "The first two.", Among: 50, Found: 0.84}
	counts := eval.NewConfusion([]int32{0, 1, 2, 1, 0}, []int32{0, 1, 2, 2, 2}, 3)
	p.Confusion = &Confused{K: 20, Confusion: counts}
	p.Unreadable = []Fact{{"a/torn <1>.jpg", "jpeg: unexpected EOF"}}
	for i := range 12 {
		a, _ := pattern(3 * i)
		b, _ := pattern(3*i + 1)
		c, _ := pattern(3*i + 2)
		p.Views = append(p.Views, View{a, b, c})
	}
	n, train, test := neighbours(t, 90, 30)
	p.Near = Pick(n, train, test, 6)
	if err := p.Near.Fill(patterns{}, patterns{}); err != nil {
		t.Fatal(err)
	}
	return p
}

func neighbours(t *testing.T, base, queries int) (n feature.Neighbours, train, test []int32) {
	t.Helper()
	features := func(n int, seed uint64) feature.Features {
		f := feature.Features{Dim: 4}
		s := rng.New(seed, 0, 0, rng.Sample)
		for i := range n {
			f.Labels = append(f.Labels, int32(i%3))
			for j := range 4 {
				x := s.Normal()
				if j == i%3 {
					x += 1.5
				}
				f.X = append(f.X, float32(x))
			}
		}
		return f
	}
	b, q := features(base, 1), features(queries, 2)
	n, err := feature.Nearest(t.Context(), b, q, 8)
	if err != nil {
		t.Fatal(err)
	}
	return n, b.Labels, q.Labels
}

func render(t *testing.T, p *Page) string {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageShowsIntervalsTopFiveAndClasses(t *testing.T) {
	p := sample(t)
	p.Result.Classes, p.Result.ClassNames = 4, []string{"<disc>", "square", "star", "blank"}
	p.Result.Notes = []string{"A note."}
	first := &p.Result.Rows[0]
	first.Interval = eval.Interval{Low: 0.701, High: 0.739, Over: eval.OverSeeds}
	first.Top5 = eval.NewScore(0.91, 0.92)
	first.Confusion = [][]int{{8, 1, 1, 0}, {0, 10, 0, 0}, {2, 3, 5, 0}, {0, 0, 0, 0}}
	html := render(t, p)
	for _, want := range []string{
		"70.10 to 73.90", "top-5 91.50 ± 0.71", "A note.", "By class (linear)",
		"<th>&lt;disc&gt;</th><td>80.0 %</td><td>taken for square: 10.0 %</td>",
		"<th>square</th><td>100.0 %</td><td></td>", "<th>star</th><td>50.0 %</td><td>taken for square: 30.0 %</td>",
		"<th>blank</th><td>–</td><td></td>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if few := render(t, sample(t)); strings.Contains(few, "By class") || strings.Contains(few, "top-5") {
		t.Error("a page shows what its result does not have")
	}
}

// Of uneven classes guessing is no yardstick: whoever names the largest is right more often.
func TestPageNamesTheShareOfTheLargestClass(t *testing.T) {
	for _, c := range []struct {
		confusion [][]int // over three runs
		want      string
	}{
		{[][]int{{3, 3}, {6, 15}}, "guessing gives 50.0 %, always choosing the largest class 77.8 %."},
		{[][]int{{3, 3}, {6, 0}}, "guessing gives 50.0 %. "},
		{nil, "guessing gives 50.0 %. "},
	} {
		p := sample(t)
		p.Result.Classes, p.Result.ClassNames = 2, []string{"disc", "star"}
		p.Result.Rows[0].Confusion = c.confusion
		if html := render(t, p); !strings.Contains(html, c.want) {
			t.Errorf("%v: the page lacks %q", c.confusion, c.want)
		}
	}
}

// Two figures for one question must not stand beside each other without a word.
func TestPageSaysWhatTheConfusionsAreOf(t *testing.T) {
	const sampled = "For this page 9 of 90 train images were encoded."
	p := sample(t)
	p.Sample = sampled
	p.Result.Data, p.Result.TrainedOn, p.Result.ClassNames = "shapes", "shapes", []string{"ace", "bat", "cat"}
	own := render(t, p)
	p.Confusion.Result = p.Result
	of := render(t, p)
	p.Result.Data, p.Result.Folds = "folder:x", 10
	folds := render(t, p)
	p = sample(t)
	p.Result = nil
	alone := render(t, p)
	for _, c := range []struct {
		name, html, want, not string
	}{
		{"own", own, "Of the images that were encoded for this page, the 20 nearest train images vote for the " +
			"class of a test image: 60.0 % are right. The accuracies above are of all images", "As knn-20"},
		{"own", own, "<b>star</b> taken for <b>circle</b>", "<b>cat</b>"},
		{"not evaluated", alone, "vote for the class of a test image: 60.0 % are right.\nRows", "above"},
		{"evaluated", of, "As knn-20 above: the 20 nearest of 90 train images vote for the class of each of 30 " +
			"test images: 60.0 % are right.\nRows", "encoded for this page, the"},
		{"evaluated", of, "<b>cat</b> taken for <b>ace</b>", "<b>star</b>"},
		{"folds", folds, "nearest train images of a fold vote for the class of each of 30 test images of " +
			"folder:x, for each of 10 folds: 60.0", "of 90 train images vote"},
	} {
		if !strings.Contains(c.html, c.want) || strings.Contains(c.html, c.not) {
			t.Errorf("%s: lacks %q or has %q", c.name, c.want, c.not)
		}
	}
	section := func(html string) string { return html[strings.Index(html, "Which classes are confused"):] }
	if strings.Contains(section(of), sampled) || !strings.Contains(section(own), sampled) {
		t.Error("the images of the page are named as those of the evaluation, or not as the page's")
	}
}

func TestPageNeedsNothingBesideIt(t *testing.T) {
	html := render(t, sample(t))
	references := regexp.MustCompile(`(?:src|href|srcset|data|action)="[^"]*"`)
	for _, reference := range references.FindAllString(html, -1) {
		if !strings.HasPrefix(reference, `src="data:image/`) {
			t.Errorf("reference to the outside: %.80s", reference)
		}
	}
	for _, token := range []string{"http://", "https://", "url(", "@import", "<script", "<link"} {
		if strings.Contains(html, token) {
			t.Errorf("page holds %q", token)
		}
	}
}

func TestPageShowsEveryPart(t *testing.T) {
	p := sample(t)
	html := render(t, p)
	pictures := 3*len(p.Views) + 7*len(p.Matching.Rows) + (1+p.Near.K)*(len(p.Near.Best)+len(p.Near.Worst))
	if got := strings.Count(html, "<img "); got != pictures {
		t.Errorf("%d pictures, want %d", got, pictures)
	}
	for _, want := range []string{
		"A sentence with &lt;markup&gt; &amp; signs.", "72.00 ± 1.00", "35.00", "amdim demo --out amdim-demo",
		"probes: 20 epochs in batches of 90,", "<br>knn: a neighbour votes with weight exp(cosine/0.1)</p>",
		"2 cores", "that neither pretraining nor the probes saw", "&#34;ndf&#34;: 64", "1→7",
		"prefers-color-scheme: dark",
		"among all views in <b>84.0&nbsp;%</b>", "<small>mean -3.0</small>", "<span>-6.0</span>",
		"1 of 3 images of star taken for square",
		"<b>star</b> taken for <b>circle</b>", "torn &lt;1&gt;.jpg", "unexpected EOF",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if strings.Contains(html, "ZgotmplZ") {
		t.Error("the template engine refused a value")
	}
}

func TestPickFollowsItsRules(t *testing.T) {
	n, train, test := neighbours(t, 90, 30)
	r := Pick(n, train, test, 4)
	agreement, cosine := make([]int, len(test)), make([]float64, len(test))
	for i := range test {
		for _, j := range n.Index[i*n.K : (i+1)*n.K] {
			if train[j] == test[i] {
				agreement[i]++
			}
		}
		for _, c := range n.Cosine[i*n.K : (i+1)*n.K] {
			cosine[i] += float64(c) / float64(n.K)
		}
	}
	if len(r.Best) != 3 || len(r.Worst) != 4 {
		t.Fatalf("%d best and %d worst, want one per class and 4", len(r.Best), len(r.Worst))
	}
	for i, q := range r.Worst {
		for j, a := range agreement { // whoever is worse stands before q
			before := a < q.Agreement || a == q.Agreement && cosine[j] > cosine[q.Index]+1e-9
			listed := false
			for _, w := range r.Worst[:i] {
				listed = listed || w.Index == j
			}
			if before && !listed {
				t.Errorf("worst %d is image %d with %d, but image %d has %d", i, q.Index, q.Agreement, j, a)
			}
		}
	}
	for _, q := range r.Best {
		for j, a := range agreement {
			if int(test[j]) == q.Label && (a > q.Agreement || a == q.Agreement && j < q.Index) {
				t.Errorf("best of class %d is image %d with %d, but image %d has %d",
					q.Label, q.Index, q.Agreement, j, a)
			}
		}
	}
}

func TestPickWithoutLabelsGoesByCosine(t *testing.T) {
	n, train, test := neighbours(t, 90, 30)
	for _, labels := range [][]int32{train, test} {
		for i := range labels {
			labels[i] = -1
		}
	}
	r := Pick(n, train, test, 4)
	if r.Labelled || len(r.Best) < 2 || len(r.Worst) != 4 {
		t.Fatalf("labelled %v, %d best and %d worst, want several and 4", r.Labelled, len(r.Best), len(r.Worst))
	}
	for i := range 3 {
		if r.Worst[i].cosine() > r.Worst[i+1].cosine() {
			t.Errorf("worst %d is out of order", i)
		}
	}
	shown := map[int]bool{}
	for i, q := range r.Best {
		if i > 0 && q.cosine() > r.Best[i-1].cosine() || q.cosine() < r.Worst[3].cosine() {
			t.Errorf("best %d is out of order", i)
		}
		for _, neighbour := range q.Neighbours {
			if shown[neighbour.Index] {
				t.Errorf("best %d shows image %d again", i, neighbour.Index)
			}
			shown[neighbour.Index] = true
		}
	}
	p := sample(t)
	p.Classes, p.Near, p.Confusion = nil, r, nil
	if err := p.Near.Fill(patterns{}, patterns{}); err != nil {
		t.Fatal(err)
	}
	html := render(t, p)
	const unlabelled = "No image that is held out has a label"
	if strings.Contains(html, `class="wrong"`) || !strings.Contains(html, unlabelled) {
		t.Error("neighbours without labels are framed, or the page does not say that there are none")
	}
}

func TestPageOfARunWithoutPicturesIsShort(t *testing.T) {
	html := render(t, &Page{Title: "Run x", Evaluated: "Not measured yet.", Commands: []string{"amdim"}})
	for _, absent := range []string{"<img", "<h2>Training", "Nearest", "taken for", "<details"} {
		if strings.Contains(html, absent) {
			t.Errorf("an empty page holds %q", absent)
		}
	}
	if !strings.Contains(html, "Not measured yet.") {
		t.Error("the page does not say how it can be evaluated")
	}
}
