package eval

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/model"
)

// Evaluation compares one encoder with its baselines on one data set.
type Evaluation struct {
	Config      Config
	Model       model.Config
	Weights     encoder.Weights // of the model
	Engine      engine.Engine   // runs the encoder
	ProbeEngine engine.Engine   // trains the probes; float32, so that features are not rounded
	Train, Test *encoder.Images
	Folds       [][]int           // of Train: one classifier learns from each; nil: each from all
	Cache       *Cache            // of features; nil: none
	Memory      int64             // bytes; raw pixels that need more are left out; 0: not known
	Progress    func(what string) // called as each part starts; may be nil
	Command     string            // the command line that evaluates, kept in its rows; empty: none
	Partial     func(r *Result)   // called with the other rows before the protocol paper begins; may be nil

	validation float64 // share of the train images that HoldOut made Test; 0: none
}

// errMoved cannot happen unless an engine writes where it must not.
var errMoved = errors.New("eval: the encoder changed while it was frozen")

// Run evaluates the model and, if the configuration says so, the baselines. It
// also returns the standardised features of the model.
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

// Start returns a Result without rows, or an error if the data cannot be evaluated.
func (e *Evaluation) Start() (*Result, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	r := &Result{
		Network: e.Model, Config: e.Config,
		Engine: e.Engine.Name(), ProbeEngine: e.ProbeEngine.Name(),
		Train: e.Train.Len(), Test: e.Test.Len(), Classes: e.classes(),
		TrainDigest: e.Train.Digest(), TestDigest: e.Test.Digest(),
		TrainContents: e.Train.Contents, TestContents: e.Test.Contents,
		ClassNames: e.Train.Classes(), Folds: len(e.Folds), Validation: e.validation,
	}
	note, err := enlarged(e.Train)
	if err != nil {
		return nil, fmt.Errorf("eval: train: %w", err)
	}
	for _, note := range []string{note, unreadable(e.Train, e.Test, e.part()), e.untested()} {
		if note != "" {
			r.Notes = append(r.Notes, note)
		}
	}
	return r, nil
}

// given returns an error that names what cannot be evaluated without.
func (e *Evaluation) given() error {
	for _, f := range []struct {
		name    string
		lacking bool
	}{
		{"Weights", e.Weights == nil}, {"Engine", e.Engine == nil}, {"ProbeEngine", e.ProbeEngine == nil},
		{"Train", e.Train == nil}, {"Test", e.Test == nil},
	} {
		if f.lacking {
			return fmt.Errorf("eval: Evaluation.%s is nil: set it", f.name)
		}
	}
	return nil
}

func (e *Evaluation) check() error {
	if err := e.given(); err != nil {
		return err
	}
	if err := e.Config.Validate(); err != nil {
		return err
	}
	if err := e.Model.Validate(); err != nil {
		return err
	}
	if e.Train.Len() < 2 || e.Test.Len() < 1 {
		return fmt.Errorf("eval: %d train and %d %s images, need at least 2 and 1",
			e.Train.Len(), e.Test.Len(), e.part())
	}
	if c := e.Train.Classes(); len(c) < 2 || !slices.Equal(c, e.Test.Classes()) {
		return fmt.Errorf("eval: train classes %q, test classes %q: evaluation needs labelled data",
			c, e.Test.Classes())
	}
	if err := e.checkFolds(); err != nil {
		return err
	}
	if err := checkLabels(e.Train, "train"); err != nil {
		return err
	}
	if err := checkLabels(e.Test, e.part()); err != nil {
		return err
	}
	if e.Config.has(FewShot) {
		return e.checkFewShot(slices.Max(e.Config.FewShot.Shots))
	}
	return nil
}

// checkFolds checks the sizes of the folds that classifiers learn from.
func (e *Evaluation) checkFolds() error {
	least := e.Train.Len()
	for i, fold := range e.Folds {
		least = min(least, len(fold))
		if len(fold) < 2 || slices.Min(fold) < 0 || slices.Max(fold) >= e.Train.Len() {
			return fmt.Errorf("eval: fold %d of %d images goes beyond the %d train images or has fewer than 2",
				i, len(fold), e.Train.Len())
		}
	}
	if e.Folds != nil {
		if err := e.Config.ValidateFolds(); err != nil {
			return err
		}
	}
	if k := slices.Max(e.Config.KNN.K); e.Config.has(KNN) && k > least {
		return rangeErrorf("eval: knn.k = %d, but there are %d train images: ask for fewer neighbours", k, least)
	}
	return nil
}

// AddModel adds the rows of the model and returns its standardised features; none
// if no protocol uses them.
func (e *Evaluation) AddModel(ctx context.Context, r *Result) (Split, error) {
	defer r.time(time.Now())
	features, err := e.addClean(ctx, r)
	if err == nil && e.Config.has(Paper) {
		if e.Config.clean() && e.Partial != nil {
			e.Partial(r.withoutPaper())
		}
		r.Notes = append(r.Notes, paperNotes...)
		err = e.addPaper(ctx, r, Model, e.Weights)
	}
	if err != nil {
		return Split{}, err
	}
	return features, nil
}

// addClean adds the rows of the model on features of plain images.
func (e *Evaluation) addClean(ctx context.Context, r *Result) (features Split, err error) {
	if !e.Config.clean() {
		return features, nil
	}
	frozen, features, err := e.encode(ctx, Model, e.Weights)
	if err != nil {
		return features, err
	}
	defer frozen.Close()
	if r.Frozen.Before, err = frozen.Hash(); err != nil {
		return features, err
	}
	if r.Frozen.Weights, err = frozen.WeightsHash(); err != nil {
		return features, err
	}
	if err := e.protocols(ctx, r, Model, features); err != nil {
		return features, err
	}
	if r.Frozen.After, err = frozen.Hash(); err == nil && r.Frozen.Before != r.Frozen.After {
		err = errMoved
	}
	return features, err
}

// AddBaselines adds the rows of the random encoder and of raw pixels, or a note if
// the latter do not fit in memory.
func (e *Evaluation) AddBaselines(ctx context.Context, r *Result) error {
	defer r.time(time.Now())
	random := encoder.Random(e.Config.Refresh.Seed)
	if e.Config.clean() {
		frozen, features, err := e.encode(ctx, RandomEncoder, random)
		if err != nil {
			return err
		}
		frozen.Close()
		if err := e.protocols(ctx, r, RandomEncoder, features); err != nil {
			return err
		}
	}
	if e.Config.has(Paper) {
		if err := e.addPaper(ctx, r, RandomEncoder, random); err != nil {
			return err
		}
	}
	if !e.Config.clean() {
		return nil
	}
	if need := e.pixelBytes(); e.Memory > 0 && need > e.Memory {
		r.Notes = append(r.Notes, fmt.Sprintf(pixelsLeftOut+"they need %s of memory, "+
			"and %s are free.", spelling.Bytes(need), spelling.Bytes(e.Memory)))
		return nil
	}
	pixels, err := e.pixels(ctx)
	if err != nil {
		return err
	}
	return e.protocols(ctx, r, RawPixels, pixels)
}

// addPaper adds the rows of the protocol paper.
func (e *Evaluation) addPaper(ctx context.Context, r *Result, name string, w encoder.Weights) error {
	start := time.Now()
	rows, weights, err := e.paper(ctx, name, w)
	if err != nil {
		return err
	}
	for i := range rows {
		rows[i].Seconds = time.Since(start).Seconds()
	}
	if name == Model {
		r.Frozen.Weights = weights
	}
	e.add(r, rows, name, e.Model.NRKHS)
	return nil
}

// pixels are standardised raw pixels.
func (e *Evaluation) pixels(ctx context.Context) (s Split, err error) {
	if s.Train, err = encoder.Pixels(ctx, e.Train); err != nil {
		return s, err
	}
	if s.Test, err = encoder.Pixels(ctx, e.Test); err != nil {
		return s, err
	}
	feature.Standardize(s.Train, s.Test)
	return s, nil
}

// encode returns a refreshed encoder and the standardised features of all images.
func (e *Evaluation) encode(
	ctx context.Context, name string, w encoder.Weights,
) (_ *encoder.Encoder, s Split, err error) {
	frozen, err := encoder.New(e.Engine, e.Model, w)
	if err != nil {
		return nil, s, err
	}
	defer func() {
		if err != nil {
			frozen.Close()
		}
	}()
	if s, err = e.features(ctx, name, frozen); err != nil {
		return nil, s, err
	}
	feature.Standardize(s.Train, s.Test)
	return frozen, s, nil
}

// features returns those of all images from an encoder, which is then refreshed.
func (e *Evaluation) features(
	ctx context.Context, name string, frozen *encoder.Encoder,
) (s Split, err error) {
	var kept entry
	if e.Cache != nil {
		if kept, err = e.cached(name, frozen); err != nil {
			return s, err
		}
		if s, ok := kept.read(frozen, e.Train, e.Test); ok {
			e.progress("%s: features of %d images from %s", name, e.Train.Len()+e.Test.Len(), kept.path)
			return s, nil
		}
	}
	e.progress("%s: refresh BatchNorm", name)
	if err = frozen.Refresh(ctx, e.Train, e.Config.Refresh); err != nil {
		return s, err
	}
	e.progress("%s: encode %d images", name, e.Train.Len()+e.Test.Len())
	if s.Train, err = frozen.Encode(ctx, e.Train); err != nil {
		return s, err
	}
	if s.Test, err = frozen.Encode(ctx, e.Test); err != nil {
		return s, err
	}
	if err = s.finite(); err != nil {
		return s, err
	}
	if e.Cache != nil {
		kept.write(frozen, s)
	}
	return s, nil
}

// protocols adds the rows of each protocol on features of plain images. Neighbours come
// first: from them is known which test images have copies.
func (e *Evaluation) protocols(ctx context.Context, r *Result, name string, s Split) error {
	order := slices.Clone(e.Config.Protocols)
	if i := slices.Index(order, KNN); i > 0 {
		order = slices.Insert(slices.Delete(order, i, i+1), 0, KNN)
	}
	rows := map[string][]Row{}
	var alone []int
	for _, p := range order {
		start := time.Now()
		var err error
		switch p {
		case KNN:
			rows[p], alone, err = e.knn(ctx, r, name, s)
		case FewShot:
			rows[p], err = e.fewShot(ctx, name, s)
		case Linear, MLP:
			rows[p], err = e.probes(ctx, name, p, s, alone)
		}
		if err != nil {
			return err
		}
		for i := range rows[p] {
			rows[p][i].Seconds = time.Since(start).Seconds()
		}
	}
	for _, p := range e.Config.Protocols {
		e.add(r, rows[p], name, s.Train.Dim)
	}
	return nil
}

func (e *Evaluation) classes() int { return len(e.Train.Classes()) }

func (e *Evaluation) progress(format string, args ...any) {
	if e.Progress != nil {
		e.Progress(fmt.Sprintf(format, args...))
	}
}
