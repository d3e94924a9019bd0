package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/model"
)

// Evaluation compares one encoder with its baselines on one data set.
type Evaluation struct {
	Config      Config
	Model       model.Config
	Weights     Weights       // of the model
	Engine      engine.Engine // runs the encoder
	ProbeEngine engine.Engine // trains the probes; float32, so that features are not rounded
	Train, Test *Images
	Progress    func(what string) // called as each part starts; may be nil
}

// errMoved cannot happen unless an engine writes where it must not.
var errMoved = errors.New("eval: the encoder changed while it was frozen")

// Run evaluates the model and, if the configuration says so, the baselines. The
// features of the model, standardised, are returned too.
func (e *Evaluation) Run(ctx context.Context) (*Result, Split, error) {
	r, err := e.Start()
	if err != nil {
		return nil, Split{}, err
	}
	features, err := e.AddModel(ctx, r)
	if err != nil {
		return nil, Split{}, err
	}
	if e.Config.Baselines {
		if err := e.AddBaselines(ctx, r); err != nil {
			return nil, Split{}, err
		}
	}
	return r, features, nil
}

// Start returns a Result without rows, or why the data cannot be evaluated.
func (e *Evaluation) Start() (*Result, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	return &Result{
		Network: e.Model, Config: e.Config,
		Engine: e.Engine.Name(), ProbeEngine: e.ProbeEngine.Name(),
		Train: e.Train.Len(), Test: e.Test.Len(), Classes: e.classes(),
		ClassNames: e.Train.Classes(),
	}, nil
}

func (e *Evaluation) check() error {
	if err := e.Config.Validate(); err != nil {
		return err
	}
	if err := e.Model.Validate(); err != nil {
		return err
	}
	if e.Train.Len() < 2 || e.Test.Len() < 1 {
		return fmt.Errorf("eval: %d train and %d test images, need at least 2 and 1", e.Train.Len(), e.Test.Len())
	}
	if c := e.Train.Classes(); len(c) < 2 || !slices.Equal(c, e.Test.Classes()) {
		return fmt.Errorf("eval: train classes %q, test classes %q: evaluation needs labelled data",
			c, e.Test.Classes())
	}
	if k := slices.Max(e.Config.KNN.K); e.Config.has(KNN) && k > e.Train.Len() {
		return fmt.Errorf("eval: knn.k = %d, but there are %d train images: ask for fewer neighbours",
			k, e.Train.Len())
	}
	if err := e.Train.check("train"); err != nil {
		return err
	}
	if err := e.Test.check("test"); err != nil {
		return err
	}
	if e.Config.has(FewShot) {
		return e.checkFewShot(slices.Max(e.Config.FewShot.Shots))
	}
	return nil
}

// AddModel adds the rows of the model and returns its standardised features.
func (e *Evaluation) AddModel(ctx context.Context, r *Result) (Split, error) {
	defer r.time(time.Now())
	encoder, features, err := e.encode(ctx, Model, e.Weights)
	if err != nil {
		return Split{}, err
	}
	defer encoder.Close()
	if r.Frozen.Before, err = encoder.Hash(); err != nil {
		return Split{}, err
	}
	if err := e.protocols(ctx, r, Model, features); err != nil {
		return Split{}, err
	}
	if r.Frozen.After, err = encoder.Hash(); err != nil {
		return Split{}, err
	}
	if r.Frozen.Before != r.Frozen.After {
		return Split{}, errMoved
	}
	return features, nil
}

// AddBaselines adds the rows of the random encoder and of raw pixels.
func (e *Evaluation) AddBaselines(ctx context.Context, r *Result) error {
	defer r.time(time.Now())
	encoder, features, err := e.encode(ctx, RandomEncoder, Random(e.Config.Refresh.Seed))
	if err != nil {
		return err
	}
	encoder.Close()
	if err := e.protocols(ctx, r, RandomEncoder, features); err != nil {
		return err
	}
	pixels := Split{}
	if pixels.Train, err = Pixels(ctx, e.Train); err != nil {
		return err
	}
	if pixels.Test, err = Pixels(ctx, e.Test); err != nil {
		return err
	}
	Standardize(pixels.Train, pixels.Test)
	return e.protocols(ctx, r, RawPixels, pixels)
}

// encode returns an encoder, refreshed, and the standardised features of all images.
func (e *Evaluation) encode(ctx context.Context, name string, w Weights) (_ *Encoder, s Split, err error) {
	encoder, err := NewEncoder(e.Engine, e.Model, w)
	if err != nil {
		return nil, s, err
	}
	defer func() {
		if err != nil {
			encoder.Close()
		}
	}()
	e.progress("%s: refresh BatchNorm", name)
	if err = encoder.Refresh(ctx, e.Train, e.Config.Refresh); err != nil {
		return nil, s, err
	}
	e.progress("%s: encode %d images", name, e.Train.Len()+e.Test.Len())
	if s.Train, err = encoder.Encode(ctx, e.Train); err != nil {
		return nil, s, err
	}
	if s.Test, err = encoder.Encode(ctx, e.Test); err != nil {
		return nil, s, err
	}
	if err = s.finite(); err != nil {
		return nil, s, err
	}
	Standardize(s.Train, s.Test)
	return encoder, s, nil
}

// protocols adds a row for each protocol on one representation.
func (e *Evaluation) protocols(ctx context.Context, r *Result, name string, s Split) error {
	for _, p := range e.Config.Protocols {
		start := time.Now()
		var rows []Row
		var err error
		switch p {
		case KNN:
			rows, err = e.knn(name, s)
		case FewShot:
			rows, err = e.fewShot(ctx, name, s)
		default:
			rows, err = e.probes(ctx, name, p, s)
		}
		if err != nil {
			return err
		}
		for i := range rows {
			rows[i].Representation, rows[i].Dim = name, s.Train.Dim
			rows[i].Seconds = time.Since(start).Seconds()
			if name != Model || p == FewShot {
				rows[i].Confusion = nil // of 1000 classes a million numbers
			}
		}
		r.Rows = append(r.Rows, rows...)
	}
	return nil
}

func (e *Evaluation) probes(ctx context.Context, name, protocol string, s Split) ([]Row, error) {
	var runs []Ranking
	for i, seed := range e.Config.Seeds {
		e.progress("%s: %s probe, seed %d of %d", name, protocol, i+1, len(e.Config.Seeds))
		ranked, err := e.Config.Probe.Probe(ctx, e.ProbeEngine, protocol, s.Train, s.Test, e.classes(), seed)
		if err != nil {
			return nil, err
		}
		runs = append(runs, ranked)
	}
	return []Row{e.row(protocol, OverSeeds, runs, s.Test.Labels)}, nil
}

func (e *Evaluation) knn(name string, s Split) ([]Row, error) {
	e.progress("%s: nearest neighbours", name)
	n, err := Nearest(s.Train, s.Test, slices.Max(e.Config.KNN.K))
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, k := range e.Config.KNN.K {
		voted := n.Vote(s.Train.Labels, e.classes(), k, e.Config.KNN.Temperature)
		rows = append(rows, e.row(fmt.Sprintf("%s-%d", KNN, k), OverSeeds, []Ranking{voted}, s.Test.Labels))
	}
	return rows, nil
}

// row sums up runs of a protocol that differ in their seed, draw or fold.
func (e *Evaluation) row(protocol, over string, runs []Ranking, labels []int32) Row {
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
	row.Interval = wilsonInterval(row.Accuracy.Mean, len(labels))
	if len(runs) > 1 {
		row.Interval = studentInterval(row.Accuracy, over)
	}
	if five != nil {
		row.Top5 = NewScore(five...)
	}
	return row
}

func (e *Evaluation) classes() int { return len(e.Train.Classes()) }

func (e *Evaluation) progress(format string, args ...any) {
	if e.Progress != nil {
		e.Progress(fmt.Sprintf(format, args...))
	}
}
