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
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/health"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/report"
	"github.com/amdim/amdim/train"
)

// Run is a run as its folder tells it: settings, records, results and command lines.
type Run struct {
	Path     string
	Settings config.Config

	meta     checkpoint.Meta
	records  []train.Record
	result   *eval.Result    // nil: not evaluated
	curves   []*eval.Curve   // accuracy as training went on, on test and on validation images
	cut      *eval.Segmented // nil: its segmentation was not measured
	commands []string
	bad      []train.Unreadable // images that could not be read
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
	if r.Settings, err = config.Parse(r.meta.Config); err == nil {
		err = r.Settings.Validate()
	}
	if err != nil {
		return nil, fmt.Errorf("report: %s: %w", path, err)
	}
	if r.records, err = train.ReadMetrics(train.MetricsPath(path)); err != nil {
		return nil, err
	}
	if r.commands, err = train.ReadCommands(path); err != nil {
		return nil, err
	}
	if r.bad, err = train.ReadUnreadable(train.UnreadablePath(path)); err != nil {
		return nil, err
	}
	if r.result, err = readResult(train.EvalPath(path), eval.ReadResult); err != nil {
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
	r.cut, err = readResult(train.SegmentationPath(path), eval.ReadSegmented)
	return r, err
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

// headline is what is known of the run in one sentence.
func (r *Run) headline() string {
	made := fmt.Sprintf("%d of %d updates on %d images", r.meta.Step, r.steps(), r.meta.Data.Images)
	if r.imported() {
		made = fmt.Sprintf("Imported after %d updates", r.meta.Step)
	}
	if spent := r.spent(); spent > 0 && r.recorded() == r.meta.Step {
		made += " in " + spelling.Duration(spent)
	}
	for i, o := range r.meta.Origins() {
		made += []string{", from weights learnt on ", " and before on "}[min(i, 1)] + o.Learnt()
	}
	if r.outgrown() {
		return made + ". It was evaluated before: see below."
	}
	if r.result != nil {
		of := ""
		if !r.imported() && r.result.Data != r.meta.Data.Spec {
			of = " of " + r.result.Data
		}
		model := r.result.Row(eval.Model, eval.Linear).Accuracy
		random := r.result.Row(eval.RandomEncoder, eval.Linear).Accuracy
		if len(model.Runs) > 0 && len(random.Runs) > 0 {
			return fmt.Sprintf("%s. A linear classifier on the frozen features classifies %v %% of %d "+
				"held-out images%s correctly: %+.1f points against the same network with random weights.",
				made, model, r.result.Test, of, 100*(model.Mean-random.Mean))
		}
		return made + ", evaluated below."
	}
	for _, record := range slices.Backward(r.records) {
		if p, ok := record.Probes[eval.Linear]; ok {
			return fmt.Sprintf("%s. The linear probe beside the encoder gets %.1f %% of the train views right.",
				made, 100*p.Accuracy)
		}
	}
	return made + ", without labels."
}

// outgrown reports whether the run went on after it was evaluated.
func (r *Run) outgrown() bool { return r.result != nil && r.result.Step != r.meta.Step }

// measured says after which update the run was evaluated.
func (r *Run) measured() string {
	if r.result == nil {
		return "not measured"
	}
	return fmt.Sprintf("measured at update %d", r.result.Step)
}

// imported reports whether the images that the network learnt from are not noted.
func (r *Run) imported() bool { return r.meta.Data.Images == 0 }

func (r *Run) spent() time.Duration {
	return time.Duration(r.latest().Seconds * float64(time.Second))
}

// recorded are the updates that the records are of: a run that was copied from a kept
// state has those since then.
func (r *Run) recorded() int {
	if len(r.records) == 0 {
		return 0
	}
	first := r.records[0]
	return r.latest().Step - (first.Step - first.Mean)
}

// evaluated says when the accuracies were measured, or how they can be.
func (r *Run) evaluated() string {
	switch {
	case r.result == nil && r.imported():
		return "Not measured yet. To do so, run " + shell.Amdim("eval", "--model", r.Path, "--data", "folder:DIR") +
			", then this report again."
	case r.result == nil && r.meta.Data.Classes < 2:
		return "The images have no classes, so there is no accuracy: the neighbours below show what was learnt."
	case r.result == nil:
		return "Not measured yet. To do so, run " +
			shell.Amdim("eval", "--model", r.Path, "--data", r.meta.Data.Spec) +
			", then this report again."
	case r.outgrown():
		return fmt.Sprintf("Measured after update %d; the run is now at update %d.", r.result.Step, r.meta.Step)
	case r.result.Data != r.meta.Data.Spec:
		return fmt.Sprintf("Trained on %s, evaluated on %s.", r.meta.Data.Spec, r.result.Data)
	}
	return ""
}

func (r *Run) network() report.Fact {
	m := r.Settings.Model
	sizes := fmt.Sprintf("%d px, ndf %d, n_rkhs %d, n_depth %d", m.Px, m.NDF, m.NRKHS, m.NDepth)
	return report.Fact{Name: "network", Value: fmt.Sprintf("%s: %.2f M parameters",
		sizes, float64(graph.Parameters(m.Encode().Vars))/1e6)}
}

func (r *Run) facts() []report.Fact {
	t := r.Settings.Train
	passes := float64(r.meta.Step*t.Batch) / float64(max(r.meta.Data.Images, 1))
	if r.imported() {
		return []report.Fact{
			r.network(),
			{Name: "pretraining", Value: fmt.Sprintf("%d updates elsewhere, images not recorded", r.meta.Step)},
		}
	}
	facts := []report.Fact{
		{Name: "data", Value: fmt.Sprintf("%s, SHA-256 %.16s…", r.meta.Data.Spec, r.meta.Data.Digest)},
		r.network(),
		{Name: "pretraining", Value: fmt.Sprintf("%d updates of %d pairs, %.1f passes over %d images",
			r.meta.Step, t.Batch, passes, r.meta.Data.Images)},
	}
	if spent := r.spent(); spent > 0 {
		facts = append(facts, report.Fact{Name: "time", Value: fmt.Sprintf("%s, %.0f pairs/s",
			spelling.Duration(spent), float64(r.recorded()*t.Batch)/spent.Seconds())})
	}
	return append(facts,
		report.Fact{Name: "engine", Value: r.meta.Engine},
		report.Fact{Name: "code", Value: r.meta.Code},
	)
}

// unseen reports whether neither pretraining nor the probes saw a test image, or a copy
// that is known: what a list keeps from pretraining is among what probes learn from.
func (r *Run) unseen() bool {
	return r.result != nil && r.result.Data == r.meta.Data.Spec && r.meta.Data.Quarantined == 0 &&
		r.result.Copies.Images == 0 && len(r.meta.Others()) == 0 &&
		!slices.Contains(r.result.Notes, eval.FolderChanged)
}

// confused is the confusion matrix of knn that the run's evaluation counted; nil if it has
// none of this state. A vote among the images of the page would give another figure.
func (r *Run) confused() *report.Confused {
	if r.result == nil || r.outgrown() {
		return nil
	}
	matrix, ok := r.result.MatrixOf(fmt.Sprintf("%s-%d", eval.KNN, votes))
	if !ok {
		return nil
	}
	return &report.Confused{K: votes, Confusion: matrix, Result: r.result}
}

// reproduced are the command lines that made the run and its results.
func (r *Run) reproduced() []string {
	all := Commands(r.commands, r.result, r.meta.Step)
	if r.cut != nil && r.cut.Step == r.meta.Step && r.cut.Command != "" {
		all = joined(all, []string{r.cut.Command})
	}
	return all
}
