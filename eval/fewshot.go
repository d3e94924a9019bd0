package eval

import (
	"context"
	"errors"
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/optim"
)

// FewShotConfig says how classifiers are trained on a few images of each class.
// One is a logistic regression with all its images in one batch: on n images it
// descends the sum of their cross-entropies plus half the squared norm of weights and
// biases, for Updates: to its minimum where features outnumber images (docs/evaluation.md).
// The other chooses the class whose mean has the largest cosine.
type FewShotConfig struct {
	Shots    []int          `json:"shots"`   // images per class; each gives two results
	Draws    int            `json:"draws"`   // of the images, with seeds 1, 2, …
	Updates  int            `json:"updates"` // of the regression; enough where features outnumber images
	Schedule optim.Schedule `json:"schedule"`
}

func defaultFewShot() FewShotConfig {
	return FewShotConfig{
		Shots: []int{1, 5, 20}, Draws: 10, Updates: 500,
		Schedule: optim.Schedule{LR: 1e-2, Drops: []int{300, 400}, Factor: 0.1},
	}
}

func (c FewShotConfig) validate() error {
	switch {
	case len(c.Shots) == 0:
		return errors.New("eval: few_shot.shots is empty: need numbers of images per class")
	case c.Draws < 1:
		return fmt.Errorf("eval: few_shot.draws = %d, need at least 1", c.Draws)
	case c.Updates < 1:
		return fmt.Errorf("eval: few_shot.updates = %d, need at least 1", c.Updates)
	case !(c.Schedule.LR > 0):
		return fmt.Errorf("eval: few_shot.schedule.lr = %g, need more than 0", c.Schedule.LR)
	}
	return distinct("few_shot.shots", c.Shots)
}

// fewShot adds two rows for each number of images: regression and class means.
func (e *Evaluation) fewShot(ctx context.Context, name string, s Split) ([]Row, error) {
	c := e.Config.FewShot
	var rows []Row
	for _, n := range c.Shots {
		e.progress("%s: %s-%d, %d draws", name, FewShot, n, c.Draws)
		var regressions, means []Ranking
		for draw := range c.Draws {
			seed := uint64(draw + 1)
			few := s.Train.Subset(drawFew(s.Train.Labels, e.classes(), n, seed))
			r, err := c.classify(ctx, e.ProbeEngine, few, s.Test, e.classes())
			if err != nil {
				return nil, fmt.Errorf("eval: %s: %w", FewShot, err)
			}
			m, err := nearestMean(ctx, e.Train.Threads, few, s.Test, e.classes())
			if err != nil {
				return nil, err
			}
			regressions, means = append(regressions, r), append(means, m)
		}
		protocol := fmt.Sprintf("%s-%d", FewShot, n)
		rows = append(rows, e.row(protocol, OverDraws, regressions, s.Test.Labels, nil),
			e.row(protocol+"-mean", OverDraws, means, s.Test.Labels, nil))
	}
	return rows, nil
}

// classify trains the regression on few images and ranks the classes of others.
func (c FewShotConfig) classify(
	ctx context.Context, e engine.Engine, few, test feature.Features, classes int,
) (Ranking, error) {
	l, err := c.Regress(ctx, e, few, classes)
	if err != nil {
		return Ranking{}, err
	}
	return l.rank(e, test)
}

// drawFew draws n images of each class. The draw is a function of the seed and
// the class; a smaller draw is part of a larger one.
func drawFew(labels []int32, classes, n int, seed uint64) []int {
	var drawn []int
	for class, of := range feature.ByClass(labels, classes) {
		s := rng.New(seed, 0, class, rng.Sample)
		for _, i := range s.Perm(len(of))[:n] {
			drawn = append(drawn, of[i])
		}
	}
	return drawn
}

// checkFewShot returns an error that names the first class with fewer train
// images than are drawn.
func (e *Evaluation) checkFewShot(most int) error {
	for class, n := range perClass(e.Train) {
		if n < most {
			return rangeErrorf("eval: few_shot.shots = %d, but class %q has %d train images: ask for fewer",
				most, e.Train.Classes()[class], n)
		}
	}
	return nil
}

// nearestMean ranks classes by the cosine with the mean of their images, each
// first scaled to length 1, about the middle of the classes.
func nearestMean(
	ctx context.Context, threads int, train, test feature.Features, classes int,
) (Ranking, error) {
	means := feature.Features{Dim: train.Dim, X: make([]float32, classes*train.Dim)}
	middle := middleOf(train, classes)
	train = less(train, middle)
	x := train.Unit()
	for i, l := range train.Labels {
		mean := means.Row(int(l))
		for j, v := range x.Row(i) {
			mean[j] += v // a cosine ignores the length
		}
	}
	depth := depthOf(classes)
	near, err := nearest(ctx, threads, means, less(test, middle), depth)
	return Ranking{depth, near.Index}, err
}
