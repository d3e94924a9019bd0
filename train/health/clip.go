package health

import (
	"fmt"

	"github.com/amdim/amdim/model"
)

// Beyond the clip a score passes on less than 42 % of its gradient, the derivative
// 1 − tanh²(1). At c = 20 the share is below 1 % in every task; at c = 3 it is 6 %
// and the loss falls as with 20; at c = 1 it is 30 to 40 % and the loss is 7 %
// higher after 320 updates.
const (
	clippedWarn = 0.10
	clippedBad  = 0.25
)

// clip checks whether scores are mostly beyond the soft clip.
func (h *history) clip() (Finding, bool) {
	pair, share := h.now.mostClipped()
	if h.step < h.length() || share < clippedWarn {
		return Finding{}, false
	}
	f := Finding{ClipSaturate, Warn, "The score clip is saturated",
		fmt.Sprintf("%.0f %% of the scores of task %s are beyond c = %g, where little gradient passes",
			100*share, model.Arrow(pair), h.TClip), ""}
	if share >= clippedBad {
		f.Level = Bad
	}
	f.Do = "scores grow too large: start again with a lower --lr, or with --set model.lambda=0.05"
	if h.TClip < 20 {
		f.Do = "start again with --set model.tclip=20, the paper's value"
	}
	return f, true
}
