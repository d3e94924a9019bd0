package train

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/optim"
)

// Config says how an encoder is trained. Everything in it affects the numbers of
// a run; what does not, such as how often a checkpoint is written, is in Options.
type Config struct {
	Batch  int        `json:"batch"` // images per update: two views each, so 2·Batch rows
	Epochs int        `json:"epochs"`
	LR     float64    `json:"lr"` // learning rate after warm-up; not scaled with Batch
	Adam   optim.Adam `json:"adam"`
	Seed   uint64     `json:"seed"` // of weights, order, views, locations and dropout

	// Drops are where the rate falls to a fifth; zero: where it does so for CIFAR and STL-10.
	Drops optim.Shares `json:"drops,omitzero"`
}

// Paper is the authors' setting for 32 and 64 pixels (PAPER section 5): 300
// epochs, learning rate 2e-4, seed 1.
func Paper(batch int) Config {
	return Config{Batch: batch, Epochs: 300, LR: 2e-4, Adam: optim.DefaultAdam(), Seed: 1}
}

// Far above what anyone has trained with, and low enough to count all updates.
const (
	mostImages = 1 << 20
	mostEpochs = 1 << 30
)

// Validate returns an error that names the first value out of range.
func (c Config) Validate() error {
	switch {
	case c.Batch < 2:
		return fmt.Errorf("train: batch = %d, need at least 2: the negatives are the other images", c.Batch)
	case c.Batch > mostImages:
		return fmt.Errorf("train: batch = %d, need at most %d", c.Batch, mostImages)
	case c.Epochs < 1 || c.Epochs > mostEpochs:
		return fmt.Errorf("train: epochs = %d, need 1 to %d", c.Epochs, mostEpochs)
	case !(c.LR > 0) || math.IsInf(c.LR, 1):
		return fmt.Errorf("train: lr = %g, need more than 0", c.LR)
	case !(0 <= c.Adam.Beta1 && c.Adam.Beta1 < 1):
		return fmt.Errorf("train: adam.beta1 = %g is not in [0, 1)", c.Adam.Beta1)
	case !(0 <= c.Adam.Beta2 && c.Adam.Beta2 < 1):
		return fmt.Errorf("train: adam.beta2 = %g is not in [0, 1)", c.Adam.Beta2)
	case !(c.Adam.Eps > 0):
		return fmt.Errorf("train: adam.eps = %g, need more than 0", c.Adam.Eps)
	case !(c.Adam.WeightDecay >= 0):
		return fmt.Errorf("train: adam.weight_decay = %g, need at least 0", c.Adam.WeightDecay)
	case !(0 <= c.Drops[0] && c.Drops[0] <= c.Drops[1] && c.Drops[1] <= 1):
		return fmt.Errorf("train: drops = %v, need two shares of the epochs in order, such as [0.6, 0.9]", c.Drops)
	}
	return nil
}
