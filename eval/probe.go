package eval

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// classifier is a probe as two programs over the same variables.
type classifier struct {
	train, predict *graph.Program
}

// classifier is the probe of a protocol. The linear one is trained with the plain
// cross-entropy unless c says otherwise, the MLP always with the paper's loss
// (PAPER section 6).
func (c ProbeConfig) classifier(protocol string, dim, classes int) classifier {
	switch {
	case protocol == MLP:
		return classifier{model.MLPProbe(dim, classes), model.MLPPredict(dim, classes)}
	case c.Clipped:
		return classifier{model.LinearProbe(dim, classes), model.LinearPredict(dim, classes)}
	}
	return linearClassifier(dim, classes, graph.FanIn())
}

// linearClassifier is trained with the plain cross-entropy.
func linearClassifier(dim, classes int, start graph.Init) classifier {
	b := graph.NewBuilder("linear probe")
	x := b.Input("features", graph.Input{DType: tensor.Float32}, graph.Any, dim)
	labels := b.Input("labels", graph.Input{DType: tensor.Int32}, graph.Any)
	logits := b.Linear("linear", x, graph.Linear{Out: classes, Bias: true}, start)
	loss, _, _ := b.SoftmaxXent("xent", logits, labels, 0)
	b.Loss(loss, 1)
	return classifier{b.Program(), model.LinearPredict(dim, classes)}
}

// probe is a classifier in training on an engine.
type probe struct {
	config  ProbeConfig
	predict *graph.Program
	state   engine.State
	step    engine.Exec
	in      []tensor.Tensor // features, labels, then dropout masks if there are any
	out     []tensor.Tensor
	seed    uint64
	keep    []uint32 // of 2³², for each mask: how likely an entry is 1
	steps   int      // updates done
}

// Probe trains a classifier on frozen features and ranks the classes of test
// after the last epoch. Each epoch visits train in its own order, in whole batches.
func (c ProbeConfig) Probe(ctx context.Context, e engine.Engine, protocol string,
	train, test feature.Features, classes int, seed uint64) (Ranking, error) {
	ranked, err := c.classify(ctx, e, c.classifier(protocol, train.Dim, classes), train, test, seed)
	if err != nil {
		return Ranking{}, fmt.Errorf("eval: %s probe: %w", protocol, err)
	}
	return ranked, nil
}

// classify trains a classifier and applies it.
func (c ProbeConfig) classify(ctx context.Context, e engine.Engine, k classifier,
	train, test feature.Features, seed uint64) (Ranking, error) {
	p, err := c.fit(ctx, e, k, train, seed)
	if err != nil {
		return Ranking{}, err
	}
	defer p.close()
	return p.rank(test)
}

// fit trains a classifier through all epochs.
func (c ProbeConfig) fit(ctx context.Context, e engine.Engine, k classifier,
	train feature.Features, seed uint64) (*probe, error) {
	p, err := c.start(e, k, min(c.Batch, train.Len()), seed)
	if err != nil {
		return nil, err
	}
	for epoch := range c.Epochs {
		if err := p.epoch(ctx, train, epoch); err != nil {
			p.close()
			return nil, fmt.Errorf("epoch %d: %w", epoch+1, err)
		}
	}
	return p, nil
}

func (c ProbeConfig) start(e engine.Engine, k classifier, batch int, seed uint64) (_ *probe, err error) {
	train, err := k.train.Bind(batch, 0, 0)
	if err != nil {
		return nil, err
	}
	state, err := e.NewState(graph.Variables(k.train, k.predict), engine.Options{Adam: c.Adam})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			state.Close()
		}
	}()
	if err := model.Initialize(k.train.Vars, seed, state.Set); err != nil {
		return nil, err
	}
	step, err := state.Compile(train)
	if err != nil {
		return nil, err
	}
	p := &probe{config: c, predict: k.predict, state: state, step: step, seed: seed}
	for _, mask := range train.Inputs[2:] {
		p.keep = append(p.keep, rng.Below(1-train.Dropout(mask)))
	}
	p.in, p.out = engine.Inputs(train), engine.Outputs(train)
	return p, nil
}

func (p *probe) close() {
	p.step.Close()
	p.state.Close()
}

// epoch visits every image once, except for a remainder that does not fill a batch.
func (p *probe) epoch(ctx context.Context, train feature.Features, epoch int) error {
	s := rng.New(p.seed, epoch, 0, rng.Probe)
	batch := p.in[0].Shape[0]
	for order := s.Perm(train.Len()); len(order) >= batch; order = order[batch:] {
		if err := ctx.Err(); err != nil {
			return err
		}
		for row, i := range order[:batch] {
			copy(p.in[0].F32[row*train.Dim:], train.Row(i))
			p.in[1].I32[row] = train.Labels[i]
		}
		if err := p.update(order[:batch], epoch); err != nil {
			return err
		}
	}
	return nil
}

// update learns from the features and labels of a batch of images, which are
// already in the inputs.
func (p *probe) update(images []int, epoch int) error {
	for row, i := range images {
		s := rng.New(p.seed, epoch, i, rng.Dropout)
		for at, m := range p.in[2:] {
			width := m.Shape[1]
			s.Bernoulli(m.F32[row*width:(row+1)*width], p.keep[at])
		}
	}
	lr := p.config.Schedule.At(p.steps, epoch)
	p.steps++
	_, err := p.step.Step(p.in, p.out, float32(lr))
	return err
}

// predictBatch bounds the memory of predictions; rows do not depend on each other.
const predictBatch = 1000

// rank ranks the classes of every image by their logits.
func (p *probe) rank(f feature.Features) (Ranking, error) { return rank(p.state, p.predict, f) }

// rank does so with a program of logits and its weights.
func rank(state engine.State, predict *graph.Program, f feature.Features) (r Ranking, err error) {
	rows := min(predictBatch, f.Len())
	bound, err := predict.Bind(rows, 0, 0)
	if err != nil {
		return r, err
	}
	exec, err := state.Compile(bound)
	if err != nil {
		return r, err
	}
	defer exec.Close()
	in, out := engine.Inputs(bound), engine.Outputs(bound)
	classes := out[0].Shape[1]
	r.Depth = depthOf(classes)
	for lo := 0; lo < f.Len(); lo += rows {
		n := copy(in[0].F32, f.X[lo*f.Dim:]) / f.Dim
		if err := exec.Forward(in, out); err != nil {
			return r, err
		}
		for i := range n {
			r.Classes = appendRanked(r.Classes, out[0].F32[i*classes:(i+1)*classes], r.Depth)
		}
	}
	return r, nil
}
