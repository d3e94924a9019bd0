package eval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/optim"
)

// Protocols, as named on the command line and in results.
const (
	Linear  = "linear"
	MLP     = "mlp"
	KNN     = "knn"
	FewShot = "few-shot"
	Paper   = "paper" // as in the original code: see paperNotes
)

var protocols = []string{Linear, MLP, KNN, FewShot, Paper}

// Config holds every setting of an evaluation; Default is the protocol of record.
type Config struct {
	Protocols []string              `json:"protocols"`
	Seeds     []uint64              `json:"seeds"`     // one probe each
	Baselines bool                  `json:"baselines"` // also raw pixels and a random encoder
	Refresh   encoder.RefreshConfig `json:"refresh"`
	Probe     ProbeConfig           `json:"probe"` // of linear and mlp
	KNN       KNNConfig             `json:"knn"`
	FewShot   FewShotConfig         `json:"few_shot"`
	Paper     ProbeConfig           `json:"paper"` // of the protocol
}

// ProbeConfig says how a classifier is trained on frozen features.
type ProbeConfig struct {
	Epochs   int            `json:"epochs"`
	Batch    int            `json:"batch"`
	Fitted   int            `json:"fitted,omitempty"` // the batch that ForImages replaced; 0: none
	Schedule optim.Schedule `json:"schedule"`
	Adam     optim.Adam     `json:"adam"`
	Clipped  bool           `json:"clipped"` // linear, too, uses the paper's loss: clipped at 10, penalised
}

// KNNConfig says how neighbours vote: each with weight exp(cosine/Temperature).
type KNNConfig struct {
	K           []int   `json:"k"` // each gives a result
	Temperature float64 `json:"temperature"`
}

// Default is the protocol under which our results and those of the authors' code
// are quoted: linear probe and kNN on standardised features of plain images.
func Default() Config {
	return Config{
		Protocols: []string{Linear, KNN},
		Seeds:     []uint64{1, 2, 3},
		Baselines: true,
		Refresh:   encoder.DefaultRefresh(),
		Probe:     recordProbe(),
		KNN:       KNNConfig{K: []int{200, 20}, Temperature: 0.1},
		FewShot:   defaultFewShot(),
		Paper:     PaperProbe(""),
	}
}

// clean reports whether any protocol uses features of plain images.
func (c Config) clean() bool { return len(c.Protocols) > 1 || !c.has(Paper) }

// Validate returns an error that names the first value that cannot be used.
func (c Config) Validate() error {
	choose := "choose among " + strings.Join(protocols, ", ") + "; or " + SegmentationProtocol + " by itself"
	if len(c.Protocols) == 0 {
		return fmt.Errorf("eval: no protocol: %s", choose)
	}
	for i, p := range c.Protocols {
		if !slices.Contains(protocols, p) {
			return fmt.Errorf("eval: unknown protocol %q: %s", p, choose)
		}
		if slices.Contains(c.Protocols[:i], p) {
			return fmt.Errorf("eval: protocol %s twice", p)
		}
	}
	for _, f := range []struct {
		name     string
		v, least float64
	}{
		{"seeds", float64(len(c.Seeds)), 1},
		{"refresh.images", float64(c.Refresh.Images), 0},
		{"refresh.batch", float64(c.Refresh.Batch), 2},
		{"probe.epochs", float64(c.Probe.Epochs), 1},
		{"probe.batch", float64(c.Probe.Batch), 2},
		{"paper.epochs", float64(c.Paper.Epochs), 1},
		{"paper.batch", float64(c.Paper.Batch), 2},
		{"knn.k", float64(len(c.KNN.K)), 1},
	} {
		if f.v < f.least {
			return fmt.Errorf("eval: %s = %g, need at least %g", f.name, f.v, f.least)
		}
	}
	if err := distinct("knn.k", c.KNN.K); err != nil {
		return err
	}
	for i, seed := range c.Seeds {
		if slices.Contains(c.Seeds[:i], seed) {
			return fmt.Errorf("eval: seed %d twice: its probe would count as two", seed)
		}
	}
	for _, f := range []struct {
		name string
		v    float64
	}{
		{"probe.schedule.lr", c.Probe.Schedule.LR},
		{"paper.schedule.lr", c.Paper.Schedule.LR},
		{"knn.temperature", c.KNN.Temperature},
	} {
		if !(f.v > 0) {
			return fmt.Errorf("eval: %s = %g must be positive", f.name, f.v)
		}
	}
	return c.FewShot.validate()
}

// ValidateFolds returns an error that names a protocol that cannot use folds.
func (c Config) ValidateFolds() error {
	switch {
	case c.has(FewShot):
		return fmt.Errorf("eval: %s draws from all train images: drop it or the folds", FewShot)
	case c.has(Paper):
		return fmt.Errorf("eval: %s learns from all train images, like the original code: drop it or the folds",
			Paper)
	}
	return nil
}

// distinct returns an error that names the first number that is below 1 or repeated.
func distinct(name string, numbers []int) error {
	for i, n := range numbers {
		if n < 1 {
			return fmt.Errorf("eval: %s holds %d, need at least 1", name, n)
		}
		if slices.Contains(numbers[:i], n) {
			return fmt.Errorf("eval: %s holds %d twice", name, n)
		}
	}
	return nil
}

func (c Config) has(protocol string) bool { return slices.Contains(c.Protocols, protocol) }
