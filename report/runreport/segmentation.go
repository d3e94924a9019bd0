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

// hasMixture reports whether the run's network has a mixture.
func (r *Run) hasMixture() bool { return r.Settings.Model.Mix.K > 0 }

// segmentation is the part of the page about it, without pictures.
func (r *Run) segmentation() *report.Segmentation {
	s := &report.Segmentation{Result: r.segmented, Choices: report.Choices(r.records)}
	for _, o := range r.segments {
		other := &report.Segmentation{Result: o}
		if o.Step != r.meta.Step {
			other.Measured = fmt.Sprintf("Measured after update %d; the run is now at update %d.", o.Step, r.meta.Step)
		}
		s.Others = append(s.Others, other)
	}
	none := mixture.CanSegment(r.Settings.Model)
	switch {
	case none != nil:
		s.Measured = "No image can be segmented: " + none.Error() + ". " +
			"Train one with the pair 1-7 in model.pairs."
	case r.segmented == nil:
		s.Measured = "Not measured yet. To do so, on images with known segmentations, run " +
			shell.Amdim("eval", "--model", r.Path, "--protocol", eval.SegmentationProtocol, "--data", "bsds500:DIR") +
			", then this report again."
	case r.segmented.Step != r.meta.Step:
		s.Measured = fmt.Sprintf("Measured after update %d; the run is now at update %d, which the pictures show.",
			r.segmented.Step, r.meta.Step)
	}
	return s
}

// segmentationPictures makes the pictures of a page about segmentation.
type segmentationPictures struct {
	pageMaker
	segmenter *mixture.Segmenter
	config    mixture.Config
}

// addTo adds the pictures: of the images that were measured or, where there are none,
// of the run's own.
func (p *segmentationPictures) addTo(ctx context.Context, s *report.Segmentation) error {
	if p.Segmented <= 0 || mixture.CanSegment(p.run.Settings.Model) != nil {
		return nil
	}
	weights, err := checkpoint.Open(train.CheckpointPath(p.run.Path))
	if err != nil {
		return err
	}
	defer weights.Close()
	p.segmenter, err = mixture.New(p.Engine, p.run.Settings.Model, encoder.Trained(weights), p.Threads)
	if err != nil {
		return err
	}
	defer p.segmenter.Close()
	switch err := p.prepareNegatives(ctx); {
	case errors.Is(err, mixture.ErrNoNegatives):
		p.note(err, "the page has no segmented images")
		return nil
	case err != nil:
		return err
	}
	p.config = mixture.Default()
	if p.showsMeasured() {
		if n := p.segmenter.Negatives(); n != p.run.segmented.Negatives {
			s.Measured += fmt.Sprintf(" The pictures may differ from the maps that were measured: "+
				"their locations are scored against %d of %s.", n.Count, cmp.Or(n.Data, "data that are not recorded"))
		}
		p.config = p.run.segmented.Config.Segment
		set, err := p.openMeasured(ctx)
		if err == nil {
			s.Groups, err = p.bestAndWorst(ctx, set)
			return err
		}
		if ctx.Err() != nil {
			return err
		}
		p.note(err, "the page does not show the images that segmentation was measured on")
	}
	images, err := p.runImages(ctx)
	if err == nil && len(images.Cuts) > 0 {
		s.Groups = []report.Cuts{images}
	}
	return err
}

// showsMeasured reports whether the page shows images that were measured.
func (p *segmentationPictures) showsMeasured() bool {
	return p.run.segmented != nil && len(p.run.segmented.PerImage) > 0
}

// prepareNegatives learns the negatives of the measurement, if they were not the checkpoint's
// own. Else it restores those or, for this page alone, learns fewer.
func (p *segmentationPictures) prepareNegatives(ctx context.Context) error {
	settings, meta := p.run.Settings, p.run.meta
	if others := p.otherNegatives(); others != "" {
		from := settings.Negatives(train.CheckpointPath(p.run.Path), meta.Data, others)
		_, err := p.segmenter.Prepare(ctx, from, p.run.segmented.Config.Negatives)
		if !errors.Is(err, mixture.ErrNoNegatives) {
			return err
		}
		p.note(err, "the pictures are not the maps that were measured")
	}
	meta.Data.Spec = p.spec()
	from := settings.Negatives(train.CheckpointPath(p.run.Path), meta.Data, "")
	from.Keep, from.OnLearn = false, func(images int) {
		p.note(nil, "no negatives are kept beside the model: the page uses those of %d images", images)
	}
	n := mixture.DefaultNegatives()
	n.Images = min(n.Images, p.mostEncoded())
	n.Refresh = refreshBy(n.Images)
	_, err := p.segmenter.Prepare(ctx, from, n)
	return err
}

// otherNegatives names the images of the measurement's negatives, if they are not the run's.
func (p *segmentationPictures) otherNegatives() string {
	if !p.showsMeasured() || p.run.segmented.Negatives.Data == p.run.meta.Data.Spec {
		return ""
	}
	return p.run.segmented.Negatives.Data
}

// openMeasured opens the images that were measured.
func (p *segmentationPictures) openMeasured(ctx context.Context) (data.Segmented, error) {
	r := p.run.segmented
	spec := r.Data
	if spec == p.run.meta.Data.Spec {
		spec = p.spec()
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

// bestAndWorst are the best and the worst of the images that were measured.
func (p *segmentationPictures) bestAndWorst(ctx context.Context, set data.Segmented) ([]report.Cuts, error) {
	name, score := "covering", func(m eval.Measured) float64 { return m.Agreement.Covering }
	if _, masked := set.(data.Masked); masked {
		name, score = "adjusted Rand index", func(m eval.Measured) float64 { return m.Agreement.AdjustedRand }
	}
	measured := slices.Clone(p.run.segmented.PerImage)
	slices.SortStableFunc(measured, func(a, b eval.Measured) int { return cmp.Compare(score(b), score(a)) })
	best := measured[:min(p.Segmented, (len(measured)+1)/2)]
	worst := slices.Clone(measured[len(measured)-min(p.Segmented, len(measured)/2):])
	slices.Reverse(worst)
	p.stage("segment %d images", len(best)+len(worst))
	rule := func(n int, end string) string {
		return fmt.Sprintf("Rule: the %d of %d measured images with the %s %s, the %s first.",
			n, len(measured), end, name, end)
	}
	groups := []report.Cuts{
		{Title: "Best segmented", Rule: rule(len(best), "highest") + " From the left: the image, the mixture's " +
			"map over it, the known map in colours of its own, then " + softLegend},
		{Title: "Worst segmented", Rule: rule(len(worst), "lowest")},
	}
	for i, chosen := range [][]eval.Measured{best, worst} {
		for _, m := range chosen {
			cut, err := p.measuredImage(ctx, set, m)
			if bad := new(data.UnreadableError); errors.As(err, &bad) {
				p.note(errors.New(data.ReasonOf(bad)), "%q cannot be read and is left out", bad.Name)
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

// measuredImage is the picture of an image that was measured, beside the first person's.
func (p *segmentationPictures) measuredImage(
	ctx context.Context, set data.Segmented, m eval.Measured,
) (report.Cut, error) {
	img, err := set.Image(m.Image)
	if err != nil {
		return report.Cut{}, err
	}
	truths, err := set.Truths(m.Image)
	if err != nil {
		return report.Cut{}, err
	}
	cut, err := p.segment(ctx, img)
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

// runImages are images of the run that nobody has segmented.
func (p *segmentationPictures) runImages(ctx context.Context) (report.Cuts, error) {
	kind := "held-out images"
	set, err := data.OpenHeldOut(p.spec(), data.Options{Side: runImageSide, Context: ctx})
	if err == nil && (set == nil || set.Len() == 0) {
		kind = "images"
		set, err = data.Open(p.spec(), data.Train, data.Options{Side: runImageSide, Context: ctx})
	}
	if ctx.Err() != nil {
		return report.Cuts{}, ctx.Err()
	}
	if err != nil { // the user knows: the page has no other pictures either
		return report.Cuts{}, nil
	}
	n := min(2*p.Segmented, set.Len())
	p.stage("segment %d images", n)
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
		cut, err := p.segment(ctx, img)
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

// runImageSide is the shorter side that the run's own images are read with, in pixels.
const runImageSide = 240

// segment divides an image by the mixture and draws the map.
func (p *segmentationPictures) segment(ctx context.Context, img tensor.Image) (report.Cut, error) {
	if err := ctx.Err(); err != nil {
		return report.Cut{}, err
	}
	q, err := p.segmenter.Components(ctx, img, p.config)
	if err != nil {
		return report.Cut{}, err
	}
	m, _, err := p.config.Cut(ctx, q, img, p.Threads)
	if err != nil {
		return report.Cut{}, err
	}
	return report.NewCut(ctx, img, q, m, p.config, p.Threads)
}
