package runreport

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// Run is a run as its folder tells it: settings, records, results and command lines.
type Run struct {
	Path     string        // of the folder
	Settings config.Config // what it was trained with: Precision is that of the engine

	meta       checkpoint.Meta
	records    []train.Record
	result     *eval.Result      // nil: not evaluated
	transfers  []*eval.Result    // on other data than it learnt from
	curves     []*eval.Curve     // accuracy as training went on, on test and on validation images
	segmented  *eval.Segmented   // nil: its segmentation was not measured
	segments   []*eval.Segmented // of other images
	commands   []string
	unreadable []train.Unreadable // images that could not be read
}

// Open reads the folder of a run. If it holds none, the error wraps train.ErrNoneThere.
func Open(path string) (*Run, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("report: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("report: %s is a file: give the folder of a run", path)
	}
	if _, err := os.Stat(train.CheckpointPath(path)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("report: %s: %w", path, train.ErrNoneThere)
	}
	r := &Run{Path: path}
	if r.meta, err = checkpoint.ReadRun(train.CheckpointPath(path)); err != nil {
		return nil, err
	}
	if r.Settings, err = config.Of(r.meta); err != nil {
		return nil, fmt.Errorf("report: %s: %w", path, err)
	}
	if r.records, err = train.ReadMetrics(train.MetricsPath(path)); err != nil {
		return nil, err
	}
	if r.commands, err = train.ReadCommands(path); err != nil {
		return nil, err
	}
	if r.unreadable, err = train.ReadUnreadable(train.UnreadablePath(path)); err != nil {
		return nil, err
	}
	if r.result, r.transfers, err = Results(path); err != nil {
		return nil, err
	}
	for _, of := range []func(string) string{train.CurvePath, train.ValidationCurvePath} {
		curve, err := readResult(of(path), eval.ReadCurve)
		if err != nil {
			return nil, err
		}
		if curve != nil {
			r.curves = append(r.curves, curve)
		}
	}
	if r.segmented, err = r.openSegmented(train.SegmentationPath(path)); err != nil {
		return nil, err
	}
	others, err := train.SegmentedPaths(path)
	if err != nil {
		return nil, err
	}
	for _, path := range others {
		s, err := r.openSegmented(path)
		if err != nil {
			return nil, err
		}
		r.segments = append(r.segments, s)
	}
	return r, nil
}

// openSegmented reads a measured segmentation, if there is one. Pictures are made with its
// settings: they must be some that the network can follow.
func (r *Run) openSegmented(path string) (*eval.Segmented, error) {
	s, err := readResult(path, eval.ReadSegmented)
	if err != nil || s == nil {
		return nil, err
	}
	if err := s.Config.Segment.Validate(r.Settings.Model); err != nil {
		return nil, fmt.Errorf("report: %s: %w", path, err)
	}
	return s, nil
}

// Results are the accuracies that evaluations keep in the folder of a run: those on the data
// that it learnt from, which may be nil, and on others. Where there are only others, the
// first of these stand for the run.
func Results(folder string) (own *eval.Result, transfers []*eval.Result, err error) {
	if own, err = readResult(train.EvalPath(folder), eval.ReadResult); err != nil {
		return nil, nil, err
	}
	paths, err := train.TransferPaths(folder)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range paths {
		r, err := readResult(path, eval.ReadResult)
		if err != nil {
			return nil, nil, err
		}
		transfers = append(transfers, r)
	}
	if own == nil && len(transfers) > 0 {
		return transfers[0], transfers[1:], nil
	}
	return own, transfers, nil
}

// readResult reads what an evaluation keeps in a run; nil where there is none.
func readResult[R any](path string, read func([]byte) (*R, error)) (*R, error) {
	result, err := eval.ReadKept(path, read)
	if err != nil {
		return nil, fmt.Errorf("report: %w", err)
	}
	return result, nil
}

// name is the last part of the folder's path.
func (r *Run) name() string {
	if whole, err := filepath.Abs(r.Path); err == nil {
		return filepath.Base(whole)
	}
	return filepath.Base(r.Path)
}

func (r *Run) latest() train.Record {
	if len(r.records) == 0 {
		return train.Record{}
	}
	return r.records[len(r.records)-1]
}

// steps are the updates of the whole run.
func (r *Run) steps() int { return r.Settings.Train.Epochs * r.stepsPerEpoch() }

func (r *Run) stepsPerEpoch() int { return r.meta.Data.Images / max(r.Settings.Train.Batch, 1) }

func (r *Run) findings() []health.Finding {
	facts := health.FactsOf(r.Settings.Model, r.Settings.Train, r.meta.Data.Images)
	if earlier := r.meta.Schedules; len(earlier) > 0 {
		first := earlier[0]
		facts.Warmup = optim.Scale(first.LR, first.Epochs, r.stepsPerEpoch(), first.Drops).Warmup
		facts.Since = earlier[len(earlier)-1].Until
	}
	return health.Check(r.records, facts)
}

// resultOutdated reports whether the run went on after it was evaluated.
func (r *Run) resultOutdated() bool { return r.result != nil && r.result.Step != r.meta.Step }

// imported reports whether the images that the network learnt from are not noted.
func (r *Run) imported() bool { return r.meta.Data.Images == 0 }

func (r *Run) spent() time.Duration {
	return time.Duration(r.latest().Seconds * float64(time.Second))
}

// recordedSteps are the updates that the records are of: a run that was copied from a kept
// state has those since then.
func (r *Run) recordedSteps() int {
	if len(r.records) == 0 {
		return 0
	}
	first := r.records[0]
	return r.latest().Step - (first.Step - first.Mean)
}

// unseen reports whether neither pretraining nor the probes saw a test image, or a copy,
// for which knn looks: what a list keeps from pretraining is among what probes learn from.
func (r *Run) unseen() bool {
	return r.result != nil && r.result.Data == r.meta.Data.Spec && r.meta.Data.Quarantined == 0 &&
		r.result.Copies.None && len(r.meta.Others()) == 0 &&
		!slices.Contains(r.result.Notes, eval.FolderChanged)
}

// confusion is the confusion matrix of knn that the run's evaluation counted; nil if it has
// none of this state. A vote among the images of the page would give another figure.
func (r *Run) confusion() *report.Confused {
	if r.result == nil || r.resultOutdated() {
		return nil
	}
	matrix, ok := r.result.MatrixOf(fmt.Sprintf("%s-%d", eval.KNN, votes))
	if !ok {
		return nil
	}
	return &report.Confused{K: votes, Confusion: matrix, Result: r.result}
}
