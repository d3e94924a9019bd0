package enginetest

import "github.com/amdim/amdim/graph"

// networkCases put all operations together as the model does: a small encoder
// on two views, a head, two contrastive losses, and probes behind a StopGrad.
func networkCases() []testCase {
	// Every layer adds its rounding and, in bfloat16, signs before a ReLU that
	// change, each an error of 100 % in one element of a gradient; and after
	// BatchNorm, sums of gradients over the rows of a group cancel.
	return []testCase{
		{name: "network", slack: 200, build: func(s *sketch) { network(s, 16, false) }},
		{name: "network with use_bn", slack: 300, build: func(s *sketch) { network(s, 16, true) }},
	}
}

// network has rows of two views.
func network(s *sketch, rows int, norm bool) {
	const r, classes, hidden = 40, 5, 24
	x := s.images("images", rows, 16, 16)
	x = s.ReLU("stem.relu", s.Conv2D("stem", x, graph.Conv2D{Out: 8, K: 3, Stride: 1, Bias: true}, gain()))
	x = residual(s, "l2", x, 8, 1, 1, norm)
	x = residual(s, "l3.0", x, 16, 4, 2, norm)
	x = residual(s, "l3.1", x, 16, 1, 1, norm)
	x = residual(s, "l4", x, 32, 2, 2, norm)
	s.Check(x, rows, 3, 3, 32)
	f3 := x
	x = s.BatchNorm("f1.bn", residual(s, "l5", x, r, 3, 1, norm), batchNorm(graph.BatchUpdate, 2))
	f1 := s.Reshape("f1", x, r)

	y := s.ReLU("phi3.relu", s.Conv2D("phi3.conv1", f3, graph.Conv2D{Out: r, K: 1, Stride: 1}, gain()))
	y = s.Conv2D("phi3.conv2", y, graph.Conv2D{Out: r, K: 1, Stride: 1}, gain())
	shortcut := graph.Conv2D{Out: r, K: 1, Stride: 1, Bias: true}
	y = s.Add("phi3.add", y, s.Conv2D("phi3.shortcut", f3, shortcut, graph.Shortcut(0.25)))
	phi3 := s.BatchNorm("phi3.bn", y, batchNorm(graph.BatchUpdate, 2))

	for _, term := range []struct {
		name       string
		antecedent graph.ValueID
	}{{"1-3", f1}, {"3-3", s.Gather("location", phi3, s.indices("at", rows, 9))}} {
		loss, penalty, _ := s.NCE("nce."+term.name, term.antecedent, phi3, 20)
		s.lose("nce."+term.name, loss, 1)
		s.lose("penalty."+term.name, penalty, 4e-2)
	}

	frozen := s.StopGrad("frozen", f1)
	labels := s.labels("labels", rows, classes, 3)
	s.Group("probe")
	probe(s, "linear", s.Linear("linear", frozen, graph.Linear{Out: classes, Bias: true}, gain()), labels)
	z := s.Dropout("mlp.dropout", frozen, s.mask("mask", 0.25, rows, r), 0.25)
	z = s.Linear("mlp.fc1", z, graph.Linear{Out: hidden}, gain())
	z = s.ReLU("mlp.relu", s.BatchNorm("mlp.bn", z, batchNorm(graph.BatchUpdate, 1)))
	probe(s, "mlp", s.Linear("mlp.fc2", z, graph.Linear{Out: classes, Bias: true}, gain()), labels)
	s.Output("f1", f1)
}

func probe(s *sketch, name string, logits, labels graph.ValueID) {
	loss, penalty, _ := s.SoftmaxXent(name+".xent", logits, labels, 10)
	s.lose(name+".loss", loss, 1)
	s.lose(name+".penalty", penalty, 1e-3)
}
