package eval

import (
	"context"
	"fmt"
	"slices"

	"github.com/amdim/amdim/feature"
)

// part is what one classifier learns from.
type part struct {
	train feature.Features
	seed  uint64
}

// parts returns all train images with each seed or, with folds, each fold with
// the first seed, and what they differ in.
func (e *Evaluation) parts(train feature.Features) (parts []part, over string) {
	for _, fold := range e.Folds {
		parts = append(parts, part{train.Subset(fold), e.Config.Seeds[0]})
	}
	if parts != nil {
		return parts, OverFolds
	}
	for _, seed := range e.Config.Seeds {
		parts = append(parts, part{train, seed})
	}
	return parts, OverSeeds
}

// probes makes a run of each part; alone are the test images without copies, if known.
func (e *Evaluation) probes(ctx context.Context, name, protocol string, s Split, alone []int) ([]Row, error) {
	var runs []Ranking
	parts, over := e.parts(s.Train)
	least := s.Train.Len()
	for _, p := range parts {
		least = min(least, p.train.Len())
	}
	config := e.Config.Probe.forFeatures(least, s.Train.Dim)
	for i, p := range parts {
		e.progress("%s: %s probe %d of %d %s", name, protocol, i+1, len(parts), over)
		ranked, err := config.Probe(ctx, e.ProbeEngine, protocol, p.train, s.Test, e.classes(), p.seed)
		if err != nil {
			return nil, err
		}
		runs = append(runs, ranked)
	}
	row := e.row(protocol, over, runs, s.Test.Labels, alone)
	if name == RawPixels && e.Config.Probe.Fitted > 0 {
		row.ProbeBatch = config.Batch
	}
	return []Row{row}, nil
}

// knn makes one run, or one on each fold. For the model it finds copies as well, and
// returns the test images without.
func (e *Evaluation) knn(ctx context.Context, r *Result, name string, s Split) ([]Row, []int, error) {
	e.progress("%s: nearest neighbours", name)
	c := e.Config.KNN
	parts, over := e.parts(s.Train)
	if over == OverSeeds {
		parts = parts[:1]
	}
	runs := make([][]Ranking, len(c.K))
	var near closest
	for _, p := range parts {
		n, err := nearest(ctx, e.Train.Threads, p.train, s.Test, slices.Max(c.K))
		if err != nil {
			return nil, nil, err
		}
		for i, k := range c.K {
			runs[i] = append(runs[i], Vote(n, p.train.Labels, e.classes(), k, c.Temperature))
		}
		near.add(n, p.train.Labels)
	}
	var alone []int
	if name == Model {
		r.Copies, alone = near.copies(feature.CopyCosine(s.Train, e.classes()), s.Test.Labels)
		if note := r.Copies.note(s.Test.Len(), e.part()); note != "" {
			r.Notes = append(r.Notes, note)
		}
	}
	var rows []Row
	for i, k := range c.K {
		rows = append(rows, e.row(fmt.Sprintf("%s-%d", KNN, k), over, runs[i], s.Test.Labels, alone))
	}
	return rows, alone, nil
}

// nearest finds the k vectors of train nearest to each of test, on a number of threads.
func nearest(
	ctx context.Context, threads int, train, test feature.Features, k int,
) (feature.Neighbours, error) {
	b, err := feature.NewBase(train, feature.Moments{}, threads)
	if err != nil {
		return feature.Neighbours{}, err
	}
	return b.Nearest(ctx, test, k)
}

// row summarises runs of a protocol that differ in seed, draw or fold; alone are the
// images without copies, nil if that is not known.
func (e *Evaluation) row(protocol, over string, runs []Ranking, labels []int32, alone []int) Row {
	var first, five []float64
	counts := NewConfusion(nil, nil, e.classes())
	for _, r := range runs {
		predicted := r.First()
		first = append(first, Accuracy(predicted, labels))
		counts.Add(NewConfusion(predicted, labels, e.classes()))
		if r.Depth == topClasses {
			five = append(five, r.Accuracy(labels))
		}
	}
	row := Row{Protocol: protocol, Accuracy: NewScore(first...)}
	row.PerClass, row.Confusion = counts.PerClass(), counts.Rows()
	row.Interval = WilsonInterval(row.Accuracy.Mean, len(labels), e.part()+" images")
	if len(runs) > 1 {
		row.Interval = runsInterval(row.Accuracy, len(labels), over)
	}
	if len(alone) > 0 && len(alone) < len(labels) {
		row.Alone = accuracyOf(alone, runs, labels)
	}
	if five != nil {
		row.Top5 = NewScore(five...)
	}
	return row
}
