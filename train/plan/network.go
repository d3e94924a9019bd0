package plan

import (
	"runtime"

	"github.com/amdim/amdim/graph"
)

// Network is what follows from the settings alone.
type Network struct {
	Px         int   `json:"px"`
	NDF        int   `json:"ndf"`
	NRKHS      int   `json:"n_rkhs"` // numbers in a feature
	NDepth     int   `json:"n_depth"`
	Encoder    int   `json:"encoder_parameters"`
	Parameters int   `json:"parameters"`     // with heads and probes
	Pair       int64 `json:"flops_per_pair"` // forward and backward at this batch; a multiply-add is 2
	Epoch      int64 `json:"flops_per_epoch,omitempty"`
	State      int64 `json:"state_bytes"`      // weights, gradients and Adam's two moments, float32
	Checkpoint int64 `json:"checkpoint_bytes"` // on disk: the same without gradients
}

func threads() int { return runtime.GOMAXPROCS(0) }

// bound returns the training step on a batch of images.
func (t Task) bound(batch int) (*graph.Program, error) {
	return t.Model.Pretrain(t.classes()).Bind(2*batch, 0, 0)
}

func (t Task) network() (Network, error) {
	p, err := t.bound(t.Train.Batch)
	if err != nil {
		return Network{}, err
	}
	c := p.Cost()
	return Network{
		Px: t.Model.Px, NDF: t.Model.NDF, NRKHS: t.Model.NRKHS, NDepth: t.Model.NDepth,
		Encoder: graph.Parameters(p.Vars, "encoder."), Parameters: c.Parameters,
		Pair: c.Train / int64(t.Train.Batch), Epoch: c.Train / int64(t.Train.Batch) * int64(t.number()),
		State: 16 * int64(c.Parameters), Checkpoint: 12 * int64(c.Parameters),
	}, nil
}

// number is the number of images in an epoch.
func (t Task) number() int {
	if t.Data != nil {
		return t.Data.Len()
	}
	return t.Images
}
