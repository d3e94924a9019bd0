package runreport

import (
	"fmt"
	"slices"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/shell"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/report"
)

// headline is what is known of the run in one sentence.
func (r *Run) headline() string {
	made := fmt.Sprintf("%d of %d updates on %d images", r.meta.Step, r.steps(), r.meta.Data.Images)
	if r.imported() {
		made = fmt.Sprintf("Imported after %d updates", r.meta.Step)
	}
	if spent := r.spent(); spent > 0 && r.recordedSteps() == r.meta.Step {
		made += " in " + spelling.Duration(spent)
	}
	for i, o := range r.meta.Origins() {
		made += []string{", from weights learnt on ", " and before on "}[min(i, 1)] + o.Learnt()
	}
	if r.resultOutdated() {
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

// measuredAt says after which update the run was evaluated.
func (r *Run) measuredAt() string {
	if r.result == nil {
		return "not measured"
	}
	return fmt.Sprintf("measured at update %d", r.result.Step)
}

// evaluationNote says when the accuracies were measured, or how they can be.
func (r *Run) evaluationNote() string {
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
	case r.resultOutdated():
		return r.whenMeasured(r.result)
	case r.result.Data != r.meta.Data.Spec:
		return fmt.Sprintf("Trained on %s, evaluated on %s.", r.meta.Data.Spec, r.result.Data)
	}
	return ""
}

// whenMeasured says that a result is not of the run's last state, where it is not.
func (r *Run) whenMeasured(of *eval.Result) string {
	if of.Step == r.meta.Step {
		return ""
	}
	return fmt.Sprintf("Measured after update %d; the run is now at update %d.", of.Step, r.meta.Step)
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
			spelling.Duration(spent), float64(r.recordedSteps()*t.Batch)/spent.Seconds())})
	}
	return append(facts,
		report.Fact{Name: "engine", Value: r.meta.Engine},
		report.Fact{Name: "code", Value: r.meta.Code},
	)
}
