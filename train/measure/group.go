package measure

import (
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// Groups of operations, in the order in which they are listed. Data is the
// loader's part; idle is the time of threads that had nothing to do.
const (
	loss          = "loss"
	normalisation = "normalisation"
	adam          = "Adam"
	input         = "input"
	idle          = "idle"
	images        = "data"
)

var groupNames = []string{
	engine.Forward, engine.BackwardData, engine.BackwardWeights, engine.Backward,
	loss, normalisation, adam, input, idle, images,
}

// groupOf is the group of a phase of an operation.
func groupOf(t engine.Time) string {
	switch t.Kind {
	case "NCE", "MixtureNCE", "SoftmaxXent":
		return loss
	case "BatchNorm":
		return normalisation
	case "Adam":
		return adam
	case "Input":
		return input
	}
	return t.Phase
}

// profiled fills operations and groups from the times of n updates, each of
// which took the given seconds of wall-clock time.
func (r *Result) profiled(p *graph.Program, times []engine.Time, n int, seconds float64) {
	ops := map[string]graph.Op{}
	for _, op := range p.Ops {
		ops[op.Name] = op
	}
	flow := p.Flow()
	groups := map[string]*Group{}
	for _, name := range groupNames {
		groups[name] = &Group{Name: name}
	}
	r.Profiled = seconds
	groups[idle].Seconds = seconds * float64(r.Workers)
	for _, t := range times {
		t.Seconds /= float64(n)
		o := Op{t, phaseFLOPs(p, flow, ops[t.Op], t.Phase)}
		r.Ops = append(r.Ops, o)
		g := groups[groupOf(t)]
		g.Seconds += t.Seconds
		g.FLOPs += o.FLOPs
		groups[idle].Seconds -= t.Seconds
	}
	groups[idle].Seconds = max(0, groups[idle].Seconds)
	for _, name := range groupNames {
		if g := groups[name]; g.Seconds > 0 {
			r.Groups = append(r.Groups, *g)
		}
	}
}

// phaseFLOPs is the FLOPs of the products in one phase of an operation. Both
// gradients of the scores are one phase; pixels have no gradient.
func phaseFLOPs(p *graph.Program, flow graph.Flow, op graph.Op, phase string) int64 {
	if op.Attr == nil {
		return 0
	}
	flops := p.OpFLOPs(op)
	if phase != engine.BackwardData && phase != engine.Backward || flops == 0 {
		return flops
	}
	var sum int64
	if phase == engine.Backward && len(op.Vars) > 0 {
		sum = flops
	}
	for _, x := range op.In {
		if flow.Value[x] {
			sum += flops
		}
	}
	return sum
}
