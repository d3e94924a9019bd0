package report

import (
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

// halves is an image of w×h whose left quarter belongs to component 2 with 0.9, the
// rest to component 0 with 0.8; component 1 is nowhere the likeliest.
func halves(w, h int) (tensor.Image, segment.Grid, segment.Map) {
	g := segment.Grid{W: 4, H: 1, K: 3, DX: float64(w) / 4, DY: float64(h)}
	g.X0, g.Y0 = g.DX/2-0.5, g.DY/2-0.5
	g.V = []float32{0.1, 0, 0.9, 0.8, 0.1, 0.1, 0.8, 0.1, 0.1, 0.8, 0.1, 0.1}
	m := segment.NewMap(h, w)
	for i := range m.Label {
		if i%w < w/4 {
			m.Label[i] = 2
		}
	}
	return tensor.NewImage(h, w), g, m
}

func TestACutShowsTheComponentsThatAreUsed(t *testing.T) {
	for _, size := range [][2]int{{400, 100}, {40, 20}, {4, 1}} {
		img, g, m := halves(size[0], size[1])
		cut, err := NewCut(t.Context(), img, g, m, mixture.Config{}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if cut.Image.W > cutSide || cut.Overlay.W != cut.Image.W || cut.Overlay.H != cut.Image.H {
			t.Errorf("%v: pictures of %d and %d columns", size, cut.Image.W, cut.Overlay.W)
		}
		if len(cut.Components) != 2 || cut.Components[0].Label != 0 || cut.Components[1].Label != 2 {
			t.Fatalf("%v: components %+v, want 0 and 2", size, cut.Components)
		}
		for i, want := range []struct{ share, left, right float64 }{{0.75, 0.1, 0.8}, {0.25, 0.9, 0.1}} {
			c := cut.Components[i]
			left, right := float64(c.Soft.Pix[0])/255, float64(c.Soft.Pix[len(c.Soft.Pix)-1])/255
			if c.Soft.W > softSide || c.Share != want.share || !(math.Abs(left-want.left) <= 0.01) ||
				math.Abs(right-want.right) > 0.01 {
				t.Errorf("%v: component %d of %d columns: share %g, from %.2f to %.2f, want %+v",
					size, c.Label, c.Soft.W, c.Share, left, right, want)
			}
		}
	}
	img, m := tensor.NewImage(3, 3), segment.NewMap(3, 4)
	_, err := NewCut(t.Context(), img, segment.Grid{K: 1}, m, mixture.Config{}, 1)
	if err == nil {
		t.Error("a map of another size is drawn")
	}
}

func segmented(way string, ari, covering float64) eval.SegmentedRow {
	return eval.SegmentedRow{Way: way, Segments: 4, Mean: segment.Agreement{
		AdjustedRand: ari, Covering: covering, ProbabilisticRand: 0.6, VariationOfInformation: 2 - ari,
	}}
}

// led is segmented with a lead of the mixture that has a sign by each figure.
func led(way string, ari, covering float64, signs ...float64) eval.SegmentedRow {
	r := segmented(way, ari, covering)
	of := func(sign float64) eval.Difference {
		return eval.Difference{Mean: sign, Low: sign - 0.5, High: sign + 0.5}
	}
	r.Lead = &eval.Lead{AdjustedRand: of(signs[0]), Covering: of(signs[1])}
	return r
}

func TestTheVerdictNamesTheBaselinesThatWin(t *testing.T) {
	mixture := segmented(eval.Mixture, 0.5, 0.6)
	for name, c := range map[string]struct {
		others []eval.SegmentedRow
		want   string
	}{
		"alone": {nil, "The mixture has an adjusted Rand index of 0.500 and a covering of 0.600; " +
			"no baseline was measured."},
		"ahead": {[]eval.SegmentedRow{led("a", 0.4, 0.5, 1, 1), led("b", 0, 0, 1, 1)},
			"By adjusted Rand index the mixture is ahead of every baseline (0.500); " +
				"by covering it is ahead of every baseline (0.600)."},
		"level or behind": {[]eval.SegmentedRow{led("a", 0.4, 0.7, 0, -1)},
			"By adjusted Rand index the mixture is ahead of no baseline (0.500), level with a (0.400); " +
				"by covering it is ahead of no baseline (0.600), behind a (0.700)."},
		"between": {
			[]eval.SegmentedRow{
				led("a", 0.6, 0.5, -1, 1), led("b", 0.7, 0.5, -1, 1), led("c", 0, 0.61, 1, -0.1), led("d", 0, 0, 0, 1)},
			"By adjusted Rand index the mixture is ahead of 1 of 4 baselines (0.500), level with d (0.000), " +
				"behind a (0.600) and b (0.700); by covering it is ahead of 3 of 4 baselines (0.600), " +
				"level with c (0.610)."},
		"of a single image": {[]eval.SegmentedRow{segmented("a", 0.4, 0.5)},
			"The mixture has an adjusted Rand index of 0.500 and a covering of 0.600; its distance to the " +
				"baselines has no interval, so the page does not say who is ahead."},
	} {
		s := Segmentation{Result: &eval.Segmented{Rows: append([]eval.SegmentedRow{mixture}, c.others...)}}
		if got := s.Verdict(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestSettingsSayWhatLocationsWereScoredAgainst(t *testing.T) {
	for want, n := range map[string]mixture.Origin{
		" 8 negatives of 2 images of x drawn by seed 10,":                          {Data: "x"},
		" 8 negatives of 2 images of data that are not recorded drawn by seed 10,": {},
	} {
		n.Count, n.Images, n.Seed = 8, 2, 10
		s := mixed(t).Segmentation
		s.Result.Negatives = n
		if got := s.Settings(); !strings.Contains(got, want) {
			t.Errorf("%+v: %q lacks %q", n, got, want)
		}
	}
}

// mixed is a page with a segmentation that was measured on masks.
func mixed(t *testing.T) *Page {
	t.Helper()
	object := &eval.Object{IoU: 0.51, Oracle: 0.77}
	s := &Segmentation{
		Result: &eval.Segmented{
			Data: "<shapes>", Split: "test", Images: 9, TrainedOn: "folder:photos",
			Network: model.Config{Px: 32, Mix: model.Mix{K: 3, Tau: 2}}, Config: eval.DefaultSegmentation(),
			Rows: []eval.SegmentedRow{segmented(eval.Mixture, 0.5, 0.6), led(eval.ClusteredF7, 0.4, 0.7, 1, -1)},
		},
		Measured: "Measured <early>.",
		Choices: Choices([]train.Record{{Tasks: map[string]train.TaskRecord{
			"5-5": {}, "1-7": {Mix: &train.Mixture{Information: 0.31, MeanEntropy: 1, Entropy: 0.69,
				Usage: []float64{0.5, 0.5, 0}, Several: 0.25}}}}}),
	}
	for i := range s.Result.Rows {
		s.Result.Rows[i].Object = object
	}
	for _, title := range []string{"Best", "Worst"} {
		img, g, m := halves(64, 32)
		cut, err := NewCut(t.Context(), img, g, m, mixture.Default(), 1)
		if err != nil {
			t.Fatal(err)
		}
		cut.Name = "<name>.jpg"
		agreement := segment.Agreement{AdjustedRand: 0.123}
		cut.Measured = &eval.Measured{Segments: 2, Agreement: agreement, Object: object}
		if title == "Best" {
			cut.SetTruth(m, "annotator 1 of 5")
		}
		s.Groups = append(s.Groups, Cuts{Title: title, Rule: "A rule.", Cuts: []Cut{cut}})
	}
	return &Page{Title: "Run mixed", Segmentation: s}
}

func TestPageShowsSegmentation(t *testing.T) {
	html := render(t, mixed(t))
	for _, want := range []string{
		"<h2>Segmentation</h2>", "ahead of every baseline (0.500)", "otherwise level.",
		"<th>oracle IoU ↑</th>", "<th>VI, bits ↓</th>",
		`<tr class="model"><th>mixture</th><td>4.0</td><td><span class="best">0.500</span></td><td>0.600</td>`,
		"<th>k-means on f7</th>", "Measured &lt;early&gt;.",
		"9 held-out images of &lt;shapes&gt;; the network learnt from folder:photos", "k = 3 components, τ = 2",
		"shorter side of 32 to 128 px, a location every 2 px, 100 updates",
		"<b>ARI 0.123</b>, IoU 0.510", "&lt;name&gt;.jpg",
		"annotator 1 of 5", "75.0 %", "0.31 of 1.10 nats", "<td>25.0 %</td>", "<th>1→7</th>",
		`style="border-color:#e69f00"`, "height:100.0%;background:#e69f00", "height:0.0%",
		`<b style="bottom:66.7%">`,
		`<div class="cuts smooth untold">`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("page lacks %q", want)
		}
	}
	if got, want := strings.Count(html, "<img "), 2*2+1+2*2; got != want {
		t.Errorf("%d pictures, want %d", got, want)
	}
	for _, absent := range []string{"ZgotmplZ", "http:", "<script", "5→5"} {
		if strings.Contains(html, absent) {
			t.Errorf("page holds %q", absent)
		}
	}
}

func TestPageOfASegmentationThatWasNotMeasuredHasNoTable(t *testing.T) {
	s := &Segmentation{Measured: "Not measured yet.", Groups: []Cuts{{Title: "None"}}}
	html := render(t, &Page{Segmentation: s})
	if !strings.Contains(html, "Not measured yet.") {
		t.Error("the page does not say how it can be measured")
	}
	for _, absent := range []string{"<table class=\"accuracy", "None", "How training used"} {
		if strings.Contains(html, absent) {
			t.Errorf("page holds %q", absent)
		}
	}
}
