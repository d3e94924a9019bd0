package health

import (
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/train"
)

// Facts are the facts about a run that its records do not contain.
type Facts struct {
	Images int     // learnt from
	Batch  int     // images per update
	Steps  int     // updates of the whole run; 0: not known
	LR     float64 // learning rate after warm-up
	Warmup int     // updates of warm-up
	Since  int     // updates made at other rates: a run that is resumed may change its schedule
	TClip  float64 // c: scores are clipped to c·tanh(s/c)
	Lambda float64 // λ: weight of the squared-score penalty
	Tau    float64 // τ of a mixture; 0: none, or a hard choice
}

// FactsOf returns the facts of a run with these settings on that many images.
func FactsOf(m model.Config, t train.Config, images int) Facts {
	f := Facts{
		Images: images, Batch: t.Batch, Steps: t.Epochs * (images / max(1, t.Batch)),
		LR: t.LR, TClip: m.TClip, Lambda: m.Lambda,
		Warmup: optim.Scale(t.LR, t.Epochs, images/max(1, t.Batch), t.Drops).Warmup,
	}
	if m.Mix.K > 0 && !m.Mix.Hard {
		f.Tau = m.Mix.Temperature()
	}
	return f
}

// finished reports whether no update follows that one.
func (f Facts) finished(step int) bool { return f.Steps > 0 && step >= f.Steps }
