package report

import (
	"cmp"
	"fmt"
	"image/color"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/segment"
	"github.com/amdim/amdim/train"
)

// Segmentation shows how a mixture segments images: what was measured, pictures, and
// how training used the components.
type Segmentation struct {
	Result   *eval.Segmented // nil: not measured
	Measured string          // about Result: when it was measured, or how it can be
	Groups   []Cuts
	Others   []*Segmentation // of other images, without pictures
	Choices  []Choice
}

// Images says which images were measured.
func (s *Segmentation) Images() string {
	r, kind := s.Result, "held-out"
	if r.Split == "train" {
		kind = "train"
	}
	text := fmt.Sprintf("%d %s images of %s", r.Images, kind, r.Data)
	if r.Config.Images > 0 {
		text += ", evenly spaced"
	}
	if r.TrainedOn != "" && r.TrainedOn != r.Data {
		text += "; the network learnt from " + r.TrainedOn
	}
	return text
}

// Cuts are images chosen by one rule.
type Cuts struct {
	Title string
	Rule  string // by which they were chosen, a sentence
	Cuts  []Cut
}

// Smooth reports whether pictures are enlarged smoothly.
func (c Cuts) Smooth() bool {
	return len(c.Cuts) > 0 && max(c.Cuts[0].Image.W, c.Cuts[0].Image.H) > smallSide
}

// Truth reports whether somebody has segmented the images.
func (c Cuts) Truth() bool { return len(c.Cuts) > 0 && c.Cuts[0].Truth != nil }

// Verdict says in a sentence which baselines the mixture is ahead of.
func (s *Segmentation) Verdict() string {
	mixture, others := eval.SegmentedRow{}, []eval.SegmentedRow{}
	for _, row := range s.Result.Rows {
		if row.Way == eval.Mixture {
			mixture = row
		} else {
			others = append(others, row)
		}
	}
	figures := fmt.Sprintf("The mixture has an adjusted Rand index of %.3f and a covering of %.3f",
		mixture.Mean.AdjustedRand, mixture.Mean.Covering)
	switch {
	case len(others) == 0:
		return figures + "; no baseline was measured."
	case !s.Paired():
		return figures + "; its distance to the baselines has no interval, so the page does not say who is ahead."
	}
	ari := ahead(mixture, others, func(a segment.Agreement) float64 { return a.AdjustedRand },
		func(l *eval.Lead) eval.Difference { return l.AdjustedRand })
	covering := ahead(mixture, others, func(a segment.Agreement) float64 { return a.Covering },
		func(l *eval.Lead) eval.Difference { return l.Covering })
	return fmt.Sprintf("By adjusted Rand index the mixture %s; by covering it %s.", ari, covering)
}

// Paired reports whether there are baselines, and each was compared with the mixture
// image by image.
func (s *Segmentation) Paired() bool {
	unpaired := func(r eval.SegmentedRow) bool { return r.Way != eval.Mixture && r.Lead == nil }
	return len(s.Result.Rows) > 1 && !slices.ContainsFunc(s.Result.Rows, unpaired)
}

// ahead says how the mixture compares with rows in a figure, given the difference in it.
func ahead(
	mixture eval.SegmentedRow, others []eval.SegmentedRow,
	of func(segment.Agreement) float64, difference func(*eval.Lead) eval.Difference,
) string {
	bySign := map[int][]string{}
	for _, row := range others {
		sign := difference(row.Lead).Sign()
		bySign[sign] = append(bySign[sign], fmt.Sprintf("%s (%.3f)", row.Way, of(row.Mean)))
	}
	text := fmt.Sprintf("is ahead of %d of %d baselines (%.3f)", len(bySign[1]), len(others), of(mixture.Mean))
	switch len(bySign[1]) {
	case 0:
		text = fmt.Sprintf("is ahead of no baseline (%.3f)", of(mixture.Mean))
	case len(others):
		text = fmt.Sprintf("is ahead of every baseline (%.3f)", of(mixture.Mean))
	}
	if level := bySign[0]; level != nil {
		text += ", level with " + both(level)
	}
	if behind := bySign[-1]; behind != nil {
		text += ", behind " + both(behind)
	}
	return text
}

// both is "a, b and c".
func both(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// SegmentedLine is a line of the table of a segmentation.
type SegmentedLine struct {
	Way   string
	Model bool // not a baseline
	Cells []SegmentedCell
}

// SegmentedCell is a figure; Best marks the best of its column.
type SegmentedCell struct {
	Text string
	Best bool
}

// SegmentedColumn is a column; Sign is 1 if more is better, −1 if less is, 0 if neither is.
type SegmentedColumn struct {
	Name string
	Sign float64
	form string
	of   func(eval.SegmentedRow) float64
}

// Columns returns the table's columns.
func (s *Segmentation) Columns() []SegmentedColumn {
	columns := []SegmentedColumn{
		{"segments", 0, "%.1f", func(r eval.SegmentedRow) float64 { return r.Segments }},
		{"ARI", 1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Mean.AdjustedRand }},
		{"covering", 1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Mean.Covering }},
		{"PRI", 1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Mean.ProbabilisticRand }},
		{"VI, bits", -1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Mean.VariationOfInformation }},
	}
	if s.Masked() {
		columns = append(columns,
			SegmentedColumn{"IoU", 1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Object.IoU }},
			SegmentedColumn{"oracle IoU", 1, "%.3f", func(r eval.SegmentedRow) float64 { return r.Object.Oracle }})
	}
	return columns
}

// Masked reports whether the truth is an object on a ground.
func (s *Segmentation) Masked() bool {
	return !slices.ContainsFunc(s.Result.Rows, func(r eval.SegmentedRow) bool { return r.Object == nil })
}

// Table returns the lines of the table, with a cell for each column.
func (s *Segmentation) Table() []SegmentedLine {
	lines := make([]SegmentedLine, len(s.Result.Rows))
	for i, row := range s.Result.Rows {
		lines[i] = SegmentedLine{Way: row.Way, Model: row.Way == eval.Mixture}
	}
	for _, c := range s.Columns() {
		best := math.Inf(-1)
		for _, row := range s.Result.Rows {
			best = max(best, c.Sign*c.of(row))
		}
		for i, row := range s.Result.Rows {
			is := len(lines) > 1 && c.Sign != 0 && c.Sign*c.of(row) == best
			lines[i].Cells = append(lines[i].Cells, SegmentedCell{fmt.Sprintf(c.form, c.of(row)), is})
		}
	}
	return lines
}

// Settings describes those of the measurement in a sentence.
func (s *Segmentation) Settings() string {
	r := s.Result
	c, mix := r.Config.Segment, r.Network.Mix
	tau, size := c.Tau, ""
	switch least, most := c.Sides(r.Network); {
	case least == most:
		size = fmt.Sprintf("with a shorter side of %d px", most)
	default:
		size = fmt.Sprintf("at their own size, with a shorter side of %d to %d px", least, most)
	}
	if tau == 0 {
		tau = mix.Temperature()
	}
	upsampled := "bilinear"
	if c.Guided {
		upsampled = "along the edges of the image (guided filter)"
	}
	text := fmt.Sprintf("k = %d components, τ = %g, images taken %s, a location "+
		"every %d px, %d updates to fit the components to the image, from locations to pixels %s, %s",
		mix.K, tau, size, c.Spacing(r.Network), c.Fit, upsampled, s.negatives())
	if c.Fit > 0 && c.Share > 0 {
		text += fmt.Sprintf(", components below %.2g of the image fade out", c.Share)
	}
	if c.Least > 0 {
		text += fmt.Sprintf(", regions below %.2g of the image joined", c.Least)
	}
	return text + "."
}

// negatives says what locations were scored against.
func (s *Segmentation) negatives() string {
	n := s.Result.Negatives
	of := cmp.Or(n.Data, "data that are not recorded")
	return fmt.Sprintf("%d negatives of %d images of %s drawn by seed %d", n.Count, n.Images, of, n.Seed)
}

// Choice is how the locations of a task chose among the components, after the last
// update that was recorded.
type Choice struct {
	Task string // as in records: 1-5
	train.Mixture
}

// Name is the task as the page writes it.
func (c Choice) Name() string { return model.Arrow(c.Task) }

// Choices returns those of a run's last record; none if its tasks have no mixture.
func Choices(records []train.Record) []Choice {
	if len(records) == 0 {
		return nil
	}
	tasks := records[len(records)-1].Tasks
	var choices []Choice
	for _, pair := range slices.Sorted(maps.Keys(tasks)) {
		if mix := tasks[pair].Mix; mix != nil && len(mix.Usage) > 0 {
			choices = append(choices, Choice{pair, *mix})
		}
	}
	return choices
}

// Ceiling is log k, the most that information can be.
func (c Choice) Ceiling() float64 { return math.Log(float64(len(c.Usage))) }

// UsageBar is the share of locations that chose a component.
type UsageBar struct {
	Height string // percent of the plot
	Colour string
	Title  string
}

// Bars returns the bars of the components.
func (c Choice) Bars() []UsageBar {
	bars := make([]UsageBar, len(c.Usage))
	for j, u := range c.Usage {
		title := fmt.Sprintf("component %d: %.1f %% of the locations", j+1, 100*u)
		bars[j] = UsageBar{c.height(u), colourOf(j), title}
	}
	return bars
}

// Even is the height of a bar if all components were used alike.
func (c Choice) Even() string { return c.height(1 / float64(len(c.Usage))) }

func (c Choice) height(share float64) string {
	top := max(c.Largest(), 1.25/float64(len(c.Usage)))
	return fmt.Sprintf("%.1f", 100*share/top)
}

// colourOf is the colour of a component in maps.
func colourOf(component int) string {
	palette := segment.Palette()
	c := palette[component%len(palette)].(color.RGBA)
	return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
}
