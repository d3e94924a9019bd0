package model

import (
	"fmt"
	"slices"
)

// Config names one network and its contrastive loss.
type Config struct {
	Px     int  `json:"px"`      // side of the input image: 32, 64 or 128
	NDF    int  `json:"ndf"`     // width of the first stage
	NRKHS  int  `json:"n_rkhs"`  // r: size of f1 and of the embeddings
	NDepth int  `json:"n_depth"` // residual layers per block
	UseBN  bool `json:"use_bn"`  // BatchNorm inside trunk and heads too; PAPER 3.4 says why not

	Pairs  []Pair  `json:"pairs,omitempty"` // contrastive tasks; nil: DefaultPairs
	Lambda float64 `json:"lambda"`          // λ: weight of the squared-score penalty; paper 4e-2, 0: none
	TClip  float64 `json:"tclip"`           // c: scores are clipped to c·tanh(s/c); 20, 0: no clip
	Mix    Mix     `json:"mix,omitzero"`    // f1 as a mixture

	Mean [3]float64 `json:"mean"` // of the red, green and blue values in [0, 1]
	Std  [3]float64 `json:"std"`  // their deviations: the network sees (x/255 − Mean)/Std
}

// Far above any network that was ever trained (2560 and 10), and low enough for the sizes
// of its layers to be computed: a configuration may come from a damaged checkpoint.
const (
	mostWidth = 1 << 16
	mostDepth = 1 << 10
)

// Validate reports the first setting that does not give a network.
func (c Config) Validate() error {
	switch {
	case c.Px != 32 && c.Px != 64 && c.Px != 128:
		return fmt.Errorf("model: px = %d, need 32, 64 or 128", c.Px)
	case c.NDF < 1 || c.NDF > mostWidth/8:
		return fmt.Errorf("model: ndf = %d, need 1 to %d", c.NDF, mostWidth/8)
	case c.NDepth < 1 || c.NDepth > mostDepth:
		return fmt.Errorf("model: n_depth = %d, need 1 to %d", c.NDepth, mostDepth)
	case c.NRKHS < c.TrunkWidth() || c.NRKHS > mostWidth:
		return fmt.Errorf("model: n_rkhs = %d, need at least the trunk's width %d, at most %d",
			c.NRKHS, c.TrunkWidth(), mostWidth)
	case !(c.Lambda >= 0):
		return fmt.Errorf("model: lambda = %v, need at least 0", c.Lambda)
	case !(c.TClip >= 0):
		return fmt.Errorf("model: tclip = %v, need at least 0", c.TClip)
	}
	for i, s := range c.Std {
		if !(s > 0) {
			return fmt.Errorf("model: std[%d] = %v, need more than 0", i, s)
		}
	}
	for i, p := range c.Pairs {
		if err := p.validate(); err != nil {
			return err
		}
		if slices.Contains(c.Pairs[:i], p) {
			return fmt.Errorf("model: pair %v twice", p)
		}
	}
	return c.validateMix()
}

// Tasks are the contrastive tasks: Pairs, or DefaultPairs when there are none.
func (c Config) Tasks() []Pair {
	if len(c.Pairs) == 0 {
		return DefaultPairs()
	}
	return c.Pairs
}

// TrunkWidth is the number of channels before the last layer, which NRKHS must
// at least equal.
func (c Config) TrunkWidth() int {
	if c.Px == 32 {
		return 4 * c.NDF
	}
	return 8 * c.NDF
}
