package runreport

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
)

// What a report shows.
const (
	shownViews      = 12
	shownQueries    = 6
	shownNeighbours = 8
	votes           = 20 // neighbours that vote in the confusion matrix, as in eval
)

// How many images are encoded for it: enough for neighbours that are alike, few
// enough for a minute on a CPU.
const (
	mostByDefault  = 2000
	leastByDefault = 200
	mostFLOPs      = 3e12 // of the train images
	testShare      = 4    // train images for one held-out image
)

// gallery makes the pictures of a page: all that needs images and the network.
type gallery struct {
	pageMaker
	encoder          *encoder.Encoder
	matcher          *encoder.Matcher // the encoder too; nil: no task compares the locations of f7
	train            imageSet         // where neighbours are looked for
	test             imageSet         // the queries: held-out images with a class or, without any, some of train
	queriesFromTrain bool             // rather than held out:
	queries          []int            // these
	unclassed        int              // held-out images of no class of train, where that has classes
}

// draw returns up to most images, without those that cannot be read.
func (g *gallery) draw(ctx context.Context, set data.Dataset, most int) (imageSet, error) {
	readable, err := data.Readable(ctx, sampleOf(set, most), g.Threads, nil)
	if err != nil {
		return imageSet{}, err
	}
	plain, err := encoder.NewImages(readable, g.run.Settings.Model.Px, g.run.Settings.Augment)
	if err != nil {
		return imageSet{}, err
	}
	plain.Threads = g.Threads
	return imageSet{readable, set.Len(), plain, g.run.Settings.Augment}, nil
}

// affordableImages is how many train images a network of this cost may encode.
func (r *Run) affordableImages() int {
	bound, err := r.Settings.Model.Encode().Bind(1, 0, 0)
	if err != nil { // Validate let none through
		return leastByDefault
	}
	return min(max(int(mostFLOPs/float64(bound.Cost().Forward)), leastByDefault), mostByDefault)
}

// addTo adds pictures of the images to the page.
func (g *gallery) addTo(ctx context.Context, page *report.Page) error {
	if err := g.open(ctx); err != nil {
		return err
	}
	defer g.encoder.Close()
	spec, learnt := g.spec(), g.run.meta.Data
	if !data.Same(learnt.Spec, spec, false) && g.Images.Train.Digest() != learnt.Digest {
		page.Pictured = spec
		g.note(nil, "the pictures are of %s, whose images are not those that the run learnt from", spec)
	}
	g.stage("encode %d images", g.train.Len()+g.test.Len())
	return g.fill(ctx, page)
}

// open chooses the images and loads the network.
func (g *gallery) open(ctx context.Context) (err error) {
	trainSet, testSet, most := g.Images.Train, g.Images.Test, g.mostEncoded()
	if testSet == nil {
		testSet = sample{Dataset: trainSet} // none of them
	}
	if g.train, err = g.draw(ctx, trainSet, most); err != nil {
		return err
	}
	classed := labelled(testSet)
	if len(trainSet.Classes()) > 1 {
		g.unclassed, testSet = testSet.Len()-classed.Len(), classed
	}
	if g.queriesFromTrain = classed.Len() == 0; g.queriesFromTrain {
		queries := sampleOf(g.train.Dataset, max(most/testShare, 1))
		g.queries, testSet = queries.index, queries
	}
	if g.test, err = g.draw(ctx, testSet, max(most/testShare, 1)); err != nil {
		return err
	}
	if g.train.Len() < 2 || g.test.Len() < 1 {
		return fmt.Errorf("report: %d train images and %d queries can be read: too few for pictures",
			g.train.Len(), g.test.Len())
	}
	weights, err := checkpoint.Open(train.CheckpointPath(g.run.Path))
	if err != nil {
		return err
	}
	defer weights.Close()
	return g.load(encoder.Trained(weights))
}

// load puts the network on the engine.
func (g *gallery) load(weights encoder.Weights) (err error) {
	e, m := g.Engine, g.run.Settings.Model
	if !m.Contrasts(encoder.MapSide) {
		g.encoder, err = encoder.New(e, m, weights)
		return err
	}
	if g.matcher, err = encoder.NewMatcher(e, m, weights); err == nil {
		g.encoder = g.matcher.Encoder
	}
	return err
}

// fill adds the pictures to the page.
func (g *gallery) fill(ctx context.Context, p *report.Page) error {
	if !g.queriesFromTrain {
		p.Classes = g.train.Classes()
	}
	if p.Result == nil && g.unclassed > 0 {
		p.Evaluated = "Not measured: " + eval.Unclassed(g.unclassed) + "."
	}
	p.Sample = g.sampled()
	step := max(g.train.Len()/shownViews, 1)
	for i := 0; i < g.train.Len() && len(p.Views) < shownViews; i += step {
		v, err := g.train.view(i, g.run.Settings.Train.Seed)
		if err != nil {
			return err
		}
		p.Views = append(p.Views, v)
	}
	near, err := g.findNeighbours(ctx)
	if err != nil {
		return err
	}
	trainLabels, testLabels := g.labels(g.train), g.labels(g.test)
	p.Near = report.Pick(near.first(shownNeighbours), trainLabels, testLabels, shownQueries)
	if err := p.Near.Fill(g.train, g.test); err != nil {
		return err
	}
	if !g.queriesFromTrain && p.Confusion == nil {
		temperature := eval.Default().KNN.Temperature
		voted := eval.Vote(near.Neighbours, trainLabels, len(p.Classes), near.K, temperature).First()
		p.Confusion = &report.Confused{K: near.K, Confusion: eval.NewConfusion(voted, testLabels, len(p.Classes))}
	}
	if g.matcher == nil {
		return nil
	}
	g.stage("maps of matching scores")
	p.Matching, err = g.matching(near, p.Classes)
	return err
}

// sampled says among which images the pictures were chosen, when not all.
func (g *gallery) sampled() string {
	switch {
	case g.queriesFromTrain:
		return fmt.Sprintf("Queries are %d of %d images, drawn from the %d of the data by a fixed seed.",
			g.test.Len(), g.train.Len(), g.train.drawnFrom)
	case g.train.Len() == g.train.drawnFrom && g.test.Len() == g.test.drawnFrom:
		return ""
	}
	return fmt.Sprintf("For this page %d of %d train and %d of %d test images were encoded, "+
		"drawn by a fixed seed.", g.train.Len(), g.train.drawnFrom, g.test.Len(), g.test.drawnFrom)
}

// labels are −1 where queries are among train: they are not held out.
func (g *gallery) labels(s imageSet) []int32 {
	labels := make([]int32, s.Len())
	for i := range labels {
		labels[i] = -1
		if !g.queriesFromTrain {
			labels[i] = int32(s.Label(i))
		}
	}
	return labels
}
