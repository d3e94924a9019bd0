package model

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// Pretrain is the training step on 2B rows, two views of B images: PAPER 1.5.
// Its inputs, in order:
//
//	images     uint8 (2B, px, px, 3), view 1 then view 2
//	location5  int32 (2B) in [0, 25), for each scale d > 1 that predicts: location<d>
//	labels     int32 (2B), −1 unknown; with classes > 0, as the next two
//	mask1      float32 (2B, r), 0 or 1: dropout of the MLP probe
//	mask2      float32 (2B, 1024)
//
// Outputs: for each pair such as 1-5 the scalars nce.1-5, penalty.1-5 and
// clipped.1-5, and, where it predicts with a mixture, q.1-5 (2B, d, d, k), the
// probabilities of components at each location; with classes, linear.loss,
// linear.accuracy, mlp.loss and mlp.accuracy; f1 (2B, r). The probes learn from
// f1 and send no gradient back.
//
// Each view has its own BatchNorm statistics, as if the views passed through
// one after the other (PAPER 3.4); the MLP probe sees one group of 2B rows.
func (c Config) Pretrain(classes int) *graph.Program {
	n := c.network("pretrain", graph.BatchUpdate, 2)
	f := n.encoder(n.images(n.Px, n.Px))
	f1 := n.vector(f[1])
	phi := n.embeddings(f, n.Contrasts)
	antecedent := n.antecedents(phi, f1)
	var mix graph.ValueID
	if n.Mix.K > 0 {
		mix = n.mixture(f1)
	}
	for _, p := range n.Tasks() {
		n.contrast(p, antecedent[p.From], mix, phi[p.To])
	}
	if classes > 0 {
		n.onlineProbes(f1, classes)
	}
	n.Output("f1", f1)
	return n.Program()
}

// Contrasts reports whether a task uses the scale; if none does, the network is
// trained without its head φ.
func (c Config) Contrasts(scale int) bool {
	for _, p := range c.Tasks() {
		if p.From == scale || p.To == scale {
			return true
		}
	}
	return false
}

// antecedents are (2B, r) by scale: f1 itself, or one location per row of φ_d.
func (n network) antecedents(phi map[int]graph.ValueID, f1 graph.ValueID) map[int]graph.ValueID {
	a := map[int]graph.ValueID{1: f1}
	for _, d := range scales[1:] {
		for _, p := range n.Tasks() {
			if _, done := a[d]; p.From != d || done {
				continue
			}
			at := n.Input(fmt.Sprintf("location%d", d), graph.Input{DType: tensor.Int32}, graph.Any)
			a[d] = n.Gather(fmt.Sprintf("antecedent%d", d), phi[d], at)
		}
	}
	return a
}

// onlineProbes trains both classifiers alongside the encoder; PAPER section 6, mode a.
func (n network) onlineProbes(f1 graph.ValueID, classes int) {
	p := probe{n.Builder, graph.BatchUpdate}
	x := n.StopGrad("detached", f1)
	labels := p.labels()
	for _, o := range []struct {
		name   string
		logits graph.ValueID
	}{{"linear", p.linear(x, classes)}, {"mlp", p.mlp(x, classes)}} {
		loss, accuracy := p.loss(o.name, o.logits, labels)
		n.Output(o.name+".loss", loss)
		n.Output(o.name+".accuracy", accuracy)
	}
}
