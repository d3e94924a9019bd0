package runreport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

// mixes reports whether the run's network has a mixture.
func (r *Run) mixes() bool { return r.Settings.Model.Mix.K > 0 }

// segmentation is the part of the page about it, without pictures.
func (r *Run) segmentation() *report.Segmentation {
	s := &report.Segmentation{Result: r.cut, Choices: report.Choices(r.records)}
	none := mixture.CanSegment(r.Settings.Model)
	switch {
	case none != nil:
		s.Measured = "No image can be segmented: " + none.Error() + "."
	case r.cut == nil:
		s.Measured = "Not measured yet. To do so, on images with known segmentations, run " +
			shell.Amdim("eval", "--model", r.Path, "--protocol", eval.SegmentationProtocol, "--data", "bsds500:DIR") +
			", then this report again."
	case r.cut.Step != r.meta.Step:
		s.Measured = fmt.Sprintf("Measured after update %d; the run is now at update %d, which the pictures show.",
			r.cut.Step, r.meta.Step)
	}
	return s
}

// cutter makes the pictures of a page about segmentation.
type cutter struct {
	maker
	segmenter *mixture.Segmenter
	config    mixture.Config
}

// fill adds the pictures: of the images that were measured or, where there are none,
// of the run's own.
func (c *cutter) fill(ctx context.Context, s *report.Segmentation) error {
	if c.Segmented <= 0 || mixture.CanSegment(c.run.Settings.Model) != nil {
		return nil
	}
	weights, err := checkpoint.Open(train.CheckpointPath(c.run.Path))
	if err != nil {
		return err
	}
	defer weights.Close()
	c.segmenter, err = mixture.New(c.Engine, c.run.Settings.Model, encoder.Trained(weights), c.Threads)
	if err != nil {
		return err
	}
	defer c.segmenter.Close()
	switch err := c.prepare(ctx); {
	case errors.Is(err, mixture.ErrNoNegatives):
		c.note(err, "the page has no segmented images")
		return nil
	case err != nil:
		return err
	}
	c.config = mixture.Default()
	if c.pictured() {
		if n := c.segmenter.Negatives(); n != c.run.cut.Negatives && c.run.cut.Negatives.Count > 0 {
			s.Measured += fmt.Sprintf(" The pictures may differ from the maps that were measured: "+
				"their locations are scored against %d of %s.", n.Count, n.Data)
		}
		c.config = c.run.cut.Config.Segment
		set, err := c.measuredSet(ctx)
		if err == nil {
			s.Groups, err = c.extremes(ctx, set)
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		c.note(err, "the page does not show the images that segmentation was measured on")
	}
	own, err := c.own(ctx)
	if err == nil && len(own.Cuts) > 0 {
		s.Groups = []report.Cuts{own}
	}
	return err
}

// pictured reports whether the page shows images that were measured.
func (c *cutter) pictured() bool { return c.run.cut != nil && len(c.run.cut.PerImage) > 0 }

// prepare learns the negatives of the measurement, if they were not the checkpoint's own.
// Else it restores those or, for this page alone, learns fewer.
func (c *cutter) prepare(ctx context.Context) error {
	settings, meta := c.run.Settings, c.run.meta
	if others := c.others(); others != "" {
		from := settings.Negatives(train.CheckpointPath(c.run.Path), meta.Data, others)
		_, err := c.segmenter.Prepare(ctx, from, c.run.cut.Config.Negatives)
		if !errors.Is(err, mixture.ErrNoNegatives) {
			return err
		}
		c.note(err, "the pictures are not the maps that were measured")
	}
	meta.Data.Spec = c.spec()
	from := settings.Negatives(train.CheckpointPath(c.run.Path), meta.Data, "")
	from.Keep, from.OnLearn = false, func(images int) {
		c.note(nil, "no negatives are kept beside the model: the page uses those of %d images", images)
	}
	n := mixture.DefaultNegatives()
	n.Images = min(n.Images, c.most())
	n.Refresh = encoder.RefreshConfig{Batches: min(20, n.Images/100+1), Batch: 100, Seed: 1}
	_, err := c.segmenter.Prepare(ctx, from, n)
	return err
}

// others names the images of the measurement's negatives, if they are not the run's.
func (c *cutter) others() string {
	if !c.pictured() || c.run.cut.Negatives.Data == c.run.meta.Data.Spec {
		return ""
	}
	return c.run.cut.Negatives.Data
}

// measuredSet opens the images that were measured.
func (c *cutter) measuredSet(ctx context.Context) (data.Segmented, error) {
	r := c.run.cut
	spec := r.Data
	if spec == c.run.meta.Data.Spec {
		spec = c.spec()
	}
	split := data.Test
	if r.Split == data.Train.String() {
		split = data.Train
	}
	set, err := data.OpenSegmented(spec, split, data.Options{Context: ctx})
	if err != nil {
		return nil, err
	}
	for _, m := range r.PerImage {
		if m.Image < 0 || m.Image >= set.Len() {
			return nil, fmt.Errorf("%s: image %d was measured, but there are %d now", spec, m.Image, set.Len())
		}
	}
	return set, nil
}

// extremes are the best and the worst of the images that were measured.
func (c *cutter) extremes(ctx context.Context, set data.Segmented) ([]report.Cuts, error) {
	name, score := "covering", func(m eval.Measured) float64 { return m.Agreement.Covering }
	if _, masked := set.(data.Masked); masked {
		name, score = "adjusted Rand index", func(m eval.Measured) float64 { return m.Agreement.AdjustedRand }
	}
	per := slices.Clone(c.run.cut.PerImage)
	slices.SortStableFunc(per, func(a, b eval.Measured) int { return cmp.Compare(score(b), score(a)) })
	best := per[:min(c.Segmented, (len(per)+1)/2)]
	worst := slices.Clone(per[len(per)-min(c.Segmented, len(per)/2):])
	slices.Reverse(worst)
	c.stage("segment %d images", len(best)+len(worst))
	rule := func(n int, end string) string {
		return fmt.Sprintf("Rule: the %d of %d measured images with the %s %s, the %s first.",
			n, len(per), end, name, end)
	}
	groups := []report.Cuts{
		{Title: "Best segmented", Rule: rule(len(best), "highest") + " From the left: the image, the mixture's " +
			"map over it, the known map in colours of its own, then " + softLegend},
		{Title: "Worst segmented", Rule: rule(len(worst), "lowest")},
	}
	for i, chosen := range [][]eval.Measured{best, worst} {
		for _, m := range chosen {
			cut, err := c.measured(ctx, set, m)
			if bad := new(data.UnreadableError); errors.As(err, &bad) {
				c.note(errors.New(data.ReasonOf(bad)), "%q cannot be read and is left out", bad.Name)
				continue
			}
			if err != nil {
				return nil, err
			}
			groups[i].Cuts = append(groups[i].Cuts, cut)
		}
	}
	return groups, nil
}

const softLegend = "the probabilities of the components (white: 1) " +
	"with their share of the map, the largest first."

// measured is the picture of an image that was measured, beside the first person's.
func (c *cutter) measured(ctx context.Context, set data.Segmented, m eval.Measured) (report.Cut, error) {
	img, err := set.Image(m.Image)
	if err != nil {
		return report.Cut{}, err
	}
	truths, err := set.Truths(m.Image)
	if err != nil {
		return report.Cut{}, err
	}
	cut, err := c.cut(ctx, img)
	if err != nil {
		return report.Cut{}, err
	}
	if _, masked := set.(data.Masked); masked {
		cut.SetTruth(truths[0], "object and ground")
	} else {
		first, _ := truths[0].Compact()
		cut.SetTruth(first, fmt.Sprintf("annotator 1 of %d", len(truths)))
	}
	cut.Name, cut.Measured = data.Name(set, m.Image), &m
	return cut, nil
}

// own are images of the run that nobody has segmented.
func (c *cutter) own(ctx context.Context) (report.Cuts, error) {
	kind := "held-out images"
	set, err := data.OpenHeldOut(c.spec(), data.Options{Side: ownSide, Context: ctx})
	if err == nil && (set == nil || set.Len() == 0) {
		kind = "images"
		set, err = data.Open(c.spec(), data.Train, data.Options{Side: ownSide, Context: ctx})
	}
	if ctx.Err() != nil {
		return report.Cuts{}, ctx.Err()
	}
	if err != nil { // the user knows: the page has no other pictures either
		return report.Cuts{}, nil
	}
	n := min(2*c.Segmented, set.Len())
	c.stage("segment %d images", n)
	cuts := report.Cuts{Title: "Images of the run's data"}
	for i := range n {
		at, until := i*set.Len()/n, (i+1)*set.Len()/n
		img, err := set.Image(at)
		for ; err != nil && at+1 < until; img, err = set.Image(at) {
			at++
		}
		if err != nil {
			continue // none between this one and the next can be read
		}
		cut, err := c.cut(ctx, img)
		if err != nil {
			return cuts, err
		}
		cut.Name = data.Name(set, at)
		cuts.Cuts = append(cuts.Cuts, cut)
	}
	cuts.Rule = fmt.Sprintf("Rule: %d of %d %s, evenly spaced. From the left: the image, the mixture's "+
		"map over it, then %s", len(cuts.Cuts), set.Len(), kind, softLegend)
	return cuts, nil
}

// ownSide is the shorter side that the run's own images are read with, in pixels.
const ownSide = 240

// cut segments an image and draws it.
func (c *cutter) cut(ctx context.Context, img tensor.Image) (report.Cut, error) {
	if err := ctx.Err(); err != nil {
		return report.Cut{}, err
	}
	q, err := c.segmenter.Components(ctx, img, c.config)
	if err != nil {
		return report.Cut{}, err
	}
	m, _ := c.config.Cut(q, img, c.Threads)
	return report.NewCut(img, q, m, c.config, c.Threads)
}
