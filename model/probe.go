package model

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// MLPHidden is the width of the MLP probe's hidden layer.
const MLPHidden = 1024

// Constants of the classifier loss and the MLP, PAPER section 6.
const (
	probeClip    = 10   // logits s become 10·tanh(s/10)
	probePenalty = 1e-3 // weight of the mean of s²
	probeDropout = 0.2
)

// LinearProbe trains one linear layer on given features. Inputs: features,
// float32 (n, features), and labels, int32 (n), −1 unknown. Outputs: loss,
// accuracy, logits (n, classes). Variables: linear.*.
func LinearProbe(features, classes int) *graph.Program {
	p := probe{graph.NewBuilder("linear probe"), graph.BatchUpdate}
	logits := p.linear(p.features(features), classes)
	p.outputs("linear", logits, p.labels())
	return p.Program()
}

// LinearPredict is the trained linear layer: it maps features to logits.
func LinearPredict(features, classes int) *graph.Program {
	p := probe{graph.NewBuilder("linear predict"), graph.Running}
	p.Output("logits", p.linear(p.features(features), classes))
	return p.Program()
}

// MLPProbe trains the classifier with one hidden layer. Inputs: features and
// labels as LinearProbe's, then mask1 (n, features) and mask2 (n, MLPHidden),
// float32 of 0 and 1. Outputs as LinearProbe's. Variables: mlp.*.
func MLPProbe(features, classes int) *graph.Program {
	p := probe{graph.NewBuilder("mlp probe"), graph.BatchUpdate}
	x, labels := p.features(features), p.labels()
	p.outputs("mlp", p.mlp(x, classes), labels)
	return p.Program()
}

// MLPPredict is the trained MLP, without dropout and with running statistics:
// it maps features to logits.
func MLPPredict(features, classes int) *graph.Program {
	p := probe{graph.NewBuilder("mlp predict"), graph.Running}
	p.Output("logits", p.mlp(p.features(features), classes))
	return p.Program()
}

// probe writes classifiers; their variables form the parameter group "probe".
type probe struct {
	*graph.Builder
	mode graph.Norm // Running: prediction
}

func (p probe) features(width int) graph.ValueID {
	return p.Input("features", graph.Input{DType: tensor.Float32}, graph.Any, width)
}

func (p probe) labels() graph.ValueID {
	return p.Input("labels", graph.Input{DType: tensor.Int32}, graph.Any)
}

func (p probe) linear(x graph.ValueID, classes int) graph.ValueID {
	p.Group("probe")
	return p.Linear("linear", x, graph.Linear{Out: classes, Bias: true}, graph.FanIn())
}

// mlp is dropout, linear, BatchNorm, ReLU, dropout, linear.
func (p probe) mlp(x graph.ValueID, classes int) graph.ValueID {
	p.Group("probe")
	h := p.Linear("mlp.fc1", p.dropout("mask1", x), graph.Linear{Out: MLPHidden}, graph.FanIn())
	h = p.ReLU("mlp.relu", p.BatchNorm("mlp.bn", h, batchNorm(p.mode, 1)))
	return p.Linear("mlp.fc2", p.dropout("mask2", h), graph.Linear{Out: classes, Bias: true}, graph.FanIn())
}

// dropout takes its mask from an input; in prediction it passes x on.
func (p probe) dropout(mask string, x graph.ValueID) graph.ValueID {
	if p.mode == graph.Running {
		return x
	}
	m := p.Input(mask, graph.Input{DType: tensor.Float32}, p.Shape(x)...)
	return p.Dropout("mlp.dropout"+mask[len("mask"):], x, m, probeDropout)
}

// loss adds the classifier's terms to the loss.
func (p probe) loss(name string, logits, labels graph.ValueID) (loss, accuracy graph.ValueID) {
	loss, penalty, accuracy := p.SoftmaxXent(name+".xent", logits, labels, probeClip)
	p.Loss(loss, 1)
	p.Loss(penalty, probePenalty)
	return loss, accuracy
}

func (p probe) outputs(name string, logits, labels graph.ValueID) {
	loss, accuracy := p.loss(name, logits, labels)
	p.Output("loss", loss)
	p.Output("accuracy", accuracy)
	p.Output("logits", logits)
}
