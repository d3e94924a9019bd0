package eval

import (
	"cmp"
	"context"
	"fmt"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// paperRows begins the notes on its rows, in whatever words.
const paperRows = "paper-linear, paper-mlp: "

// paperNotes are printed with every result of the protocol.
var paperNotes = []string{
	paperRows + "as the original code, on one augmented view of every image in each epoch, " +
		"the encoder's BatchNorm in train mode.",
	paperRows + "uses unlabelled test images to set BatchNorm, as the original code did. " +
		"Unlike it, sets the encoder's alone and not the MLP's, and leaves nothing of what it was before; " +
		"tests on all test images and not on whole batches alone; " +
		"the probes of all seeds see the same views.",
}

// paper does what the original code did (PAPER section 6, mode b): classifiers
// learn from features of augmented views, made anew in each epoch by an encoder
// whose weights are frozen while its BatchNorm uses batch statistics; the running ones
// are then taken from test images. The original moves them by the views too, and moves
// the MLP's by test images: left out, as it lets these into a probe.
// weights is the hash of the weights.
func (e *Evaluation) paper(
	ctx context.Context, name string, w encoder.Weights,
) (rows []Row, weights string, err error) {
	frozen, err := encoder.New(e.Engine, e.Model, w)
	if err != nil {
		return nil, "", err
	}
	defer frozen.Close()
	if weights, err = frozen.WeightsHash(); err != nil {
		return nil, "", err
	}
	probes, err := e.paperProbes()
	defer func() {
		for _, p := range probes {
			p.close()
		}
	}()
	if err != nil {
		return nil, "", fmt.Errorf("eval: %s: %w", Paper, err)
	}
	if err := e.trainOnViews(ctx, name, frozen, probes); err != nil {
		return nil, "", fmt.Errorf("eval: %s: %w", Paper, err)
	}
	e.progress("%s: BatchNorm from test images", name)
	if err := frozen.Refresh(ctx, e.Test, e.Config.Refresh); err != nil {
		return nil, "", err
	}
	test, err := frozen.Encode(ctx, e.Test)
	if err != nil {
		return nil, "", err
	}
	if after, err := frozen.WeightsHash(); err != nil || after != weights {
		return nil, "", cmp.Or(err, errMoved)
	}
	rows, err = e.paperRows(probes, test)
	return rows, weights, err
}

// paperProtocols are those whose probes are trained, for each seed.
var paperProtocols = []string{Linear, MLP}

// paperProbes are the probes of every seed: linear and MLP in turn.
func (e *Evaluation) paperProbes() (probes []*probe, err error) {
	c := e.Config.Paper
	for _, seed := range e.Config.Seeds {
		for _, protocol := range paperProtocols {
			k := c.classifier(protocol, e.Model.NRKHS, e.classes())
			p, err := c.start(e.ProbeEngine, k, min(c.Batch, e.Train.Len()), seed)
			if err != nil {
				return probes, err
			}
			probes = append(probes, p)
			if protocol == MLP {
				scale := make([]float32, model.MLPHidden)
				s := rng.New(seed, 0, 0, rng.Init)
				for i := range scale {
					scale[i] = float32(s.Float64())
				}
				if err := p.state.Set("mlp.bn.scale", scale); err != nil {
					return probes, err
				}
			}
		}
	}
	return probes, nil
}

// viewSeed is the seed of the views and batches of probes with a seed: those of no pretraining
// with a seed that anyone would choose, to whose views the encoder was fitted.
func viewSeed(seed uint64) uint64 { return ^seed }

// trainOnViews trains the probes through all epochs.
func (e *Evaluation) trainOnViews(
	ctx context.Context, name string, frozen *encoder.Encoder, probes []*probe,
) error {
	c := e.Config.Paper
	batch := min(c.Batch, e.Train.Len())
	bound, err := e.Model.Refresh().Bind(batch, 0, 0)
	if err != nil {
		return err
	}
	exec, err := frozen.Compile(bound)
	if err != nil {
		return err
	}
	defer exec.Close()
	config := data.LoaderConfig{Batch: batch, Size: e.Train.Px(), Views: 1, Workers: e.Train.Threads}
	config.Seed = viewSeed(e.Config.Seeds[0])
	newView := func() data.Fill { return newView(e.Train.Transform(), config.Seed) }
	loader, err := data.NewLoader(ctx, e.Train.Dataset, config, newView)
	if err != nil {
		return err
	}
	defer loader.Close()
	out := engine.Outputs(bound)
	for epoch := range c.Epochs {
		e.progress("%s: %s protocol, epoch %d of %d", name, Paper, epoch+1, c.Epochs)
		for range loader.StepsPerEpoch() {
			b, err := loader.Next()
			if err != nil {
				return err
			}
			if err = exec.Forward([]tensor.Tensor{b.Views}, out); err == nil {
				err = learn(probes, out[0].F32, b, epoch)
			}
			b.Release()
			if err != nil {
				return fmt.Errorf("epoch %d: %w", epoch+1, err)
			}
		}
	}
	return nil
}

// learn updates each probe with the features of a batch.
func learn(probes []*probe, features []float32, b *data.Batch, epoch int) error {
	for _, p := range probes {
		copy(p.in[0].F32, features)
		copy(p.in[1].I32, b.Labels.I32)
		if err := p.update(b.Indices, epoch); err != nil {
			return err
		}
	}
	return nil
}

func (e *Evaluation) paperRows(probes []*probe, test feature.Features) ([]Row, error) {
	runs := make([][]Ranking, len(paperProtocols))
	for i, p := range probes {
		ranked, err := p.rank(test)
		if err != nil {
			return nil, fmt.Errorf("eval: %s: %w", Paper, err)
		}
		runs[i%len(runs)] = append(runs[i%len(runs)], ranked)
	}
	var rows []Row
	for i, protocol := range paperProtocols {
		rows = append(rows, e.row(Paper+"-"+protocol, OverSeeds, runs[i], test.Labels, nil))
	}
	return rows, nil
}

// newView makes one worker's train transform: the first of the two views that
// pretraining compares.
func newView(transform augment.Config, seed uint64) data.Fill {
	var s augment.Scratch
	return func(img tensor.Image, epoch, index int, views [][]uint8) {
		transform.View(views[0], img, seed, epoch, index, &s)
	}
}
