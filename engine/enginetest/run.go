package enginetest

import (
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/optim"
)

// Options are the bounds on the error of an engine. The error of a tensor is
// its normalised mean square, NMSE = Σ(got − want)²/Σ want², with engine/ref as
// want. A rounding to p bits makes an NMSE of about 2^−2p/3: 5e-16 for float32
// (p = 24) and 5e-6 for bfloat16 (p = 8).
type Options struct {
	Forward float64 // bound on outputs; 0: 1e-11, float32 sums of some thousand terms
	Grad    float64 // bound on gradients, updates and moments; 0: 1e-10
	Seed    uint64  // of inputs and variables; 0: 1
	Varies  bool    // the same call need not give the same bytes again
}

func (o Options) withDefaults() Options {
	if o.Forward == 0 {
		o.Forward = 1e-11
	}
	if o.Grad == 0 {
		o.Grad = 1e-10
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	return o
}

// Run tests everything that package engine promises about eng: each case of the
// table on outputs, gradients and two updates, and the promises of contract.go.
func Run(t *testing.T, eng engine.Engine, o Options) {
	o = o.withDefaults()
	for _, c := range table() {
		t.Run(c.name, func(t *testing.T) {
			tr := c.trial(o.Seed)
			report(t, eng, tr, compare(t, eng, tr, o))
		})
	}
	contract(t, eng, o)
}

// report prints the first differences: those that follow come of them.
func report(t *testing.T, eng engine.Engine, tr *trial, errs []error) {
	t.Helper()
	const most = 5
	for _, err := range errs[:min(most, len(errs))] {
		t.Errorf("%s on %s, seed %d: %v", eng.Name(), tr.name, tr.seed, err)
	}
	if more := len(errs) - most; more > 0 {
		t.Errorf("and %d more", more)
	}
}

// lr is the learning rate of the updates: weights of size 1 move by about 1 %,
// which float32 resolves to an NMSE of 1e-11.
const lr = 0.02

// later is the factor on the bounds of a second update: it starts from weights
// that differ already, and that bfloat16 no longer holds exactly. Old weights,
// kept in a packed copy, would be off by 1 %, an NMSE of 1e-4.
const later = 10

const secondUpdate = "second update"

// compare returns what differs between eng and the reference.
func compare(t *testing.T, eng engine.Engine, tr *trial, o Options) []error {
	t.Helper()
	opt := engine.Options{Adam: optim.DefaultAdam(), Groups: map[string]optim.Group{
		"probe": {LRScale: 0.5, Adam: optim.Adam{Beta1: 0.9, Beta2: 0.99, Eps: 1e-6, WeightDecay: 0.1}},
	}}
	d := &differ{forward: o.Forward * tr.slack, grad: o.Grad * tr.slack}
	got, want := open(t, eng, tr, opt), open(t, ref.New(), tr, opt)

	got.forward(t)
	want.forward(t)
	d.outputs("forward", tr, got, want)

	bare := tr.withoutLoss()
	free, freeWant := open(t, eng, bare, opt), open(t, ref.New(), bare, opt)
	free.forward(t)
	freeWant.forward(t)
	d.outputs("forward without loss", bare, free, freeWant)

	dGot, dWant := got.grad(t), want.grad(t)
	d.outputs("grad", tr, got, want)
	d.gradients(tr.p, dGot, dWant, dWant)

	setMoments(t, tr, dWant, got, want)
	for _, call := range []string{"first update", secondUpdate} {
		if call == secondUpdate {
			d.forward, d.grad = later*d.forward, later*d.grad
		}
		before, wantBefore := got.entries(t), want.entries(t)
		gotNorm, wantNorm := got.step(t, lr), want.step(t, lr)
		d.outputs(call, tr, got, want)
		d.norm(call, gotNorm, wantNorm)
		d.state(call, tr.p, delta(before, got.entries(t)), delta(wantBefore, want.entries(t)))
	}
	return d.errs
}
