package enginetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// contract tests the promises of package engine that are not about numbers.
func contract(t *testing.T, eng engine.Engine, o Options) {
	for _, c := range []struct {
		name    string
		test    func(*testing.T, engine.Engine, Options)
		repeats bool // what the same bytes are wanted of
	}{
		{"entries", testEntries, false},
		{"only Step changes the state", testReadOnly, false},
		{"two calls, the same bytes", testRepeats, true},
		{"a step leaves alone what the loss does not reach", testUntouched, false},
		{"updates from zero moments", testFirstUpdates, false},
		{"a step without loss refreshes statistics", testRefresh, false},
		{"programs share variables", testShared, false},
		{"states side by side", testSideBySide, true},
		{"frozen variables", testFrozen, false},
		{"what is not finite stops before the update", testNonFinite, true},
		{"components that are nearly alike are told apart", testNearlyAlike, false},
		{"one row has no running variance", testOneRow, false},
		{"wrong calls are errors", testWrongCalls, false},
		{"labels and indices out of range are errors", testWrongIntegers, false},
		{"wrong programs are errors", testWrongPrograms, false},
	} {
		if o.Varies && c.repeats {
			continue
		}
		t.Run(c.name, func(t *testing.T) { c.test(t, eng, o) })
	}
}

var adam = engine.Options{Adam: optim.DefaultAdam()}

// small has BatchNorm, a frozen part behind StopGrad, and an idle layer.
var small = testCase{name: "small", build: func(s *sketch) {
	x := s.images("images", 6, 5, 5)
	x = s.Conv2D("trunk.conv", x, graph.Conv2D{Out: 7, K: 3, Stride: 1, Bias: true}, gain())
	x = s.BatchNorm("trunk.bn", x, batchNorm(graph.BatchUpdate, 2))
	x = s.Reshape("row", s.StopGrad("stop", s.ReLU("relu", x)), 63)
	m := s.Dropout("dropout", x, s.mask("mask", 0.5, 6, 63), 0.5)
	s.Output("idle", s.Linear("idle", x, graph.Linear{Out: 3, Bias: true}, gain()))
	y := s.Linear("probe", m, graph.Linear{Out: 5}, gain()) // a bias would have no gradient but noise
	s.score("y", s.BatchNorm("probe.bn", y, batchNorm(graph.BatchUpdate, 1)), 1)
}}

func testEntries(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	st, err := eng.NewState(tr.p.Vars, adam)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s := &side{tr: tr, state: st}
	want := map[string]int{}
	for _, v := range tr.p.Vars {
		n := tensor.Size(v.Shape)
		want[v.Name] = n
		if v.Trainable {
			want[graph.SlotM(v.Name)], want[graph.SlotV(v.Name)], want[graph.SlotT(v.Name)] = n, n, 1
		}
	}
	first := s.entries(t)
	for i, e := range first {
		if want[e.name] != len(e.v) {
			t.Errorf("entry %s has %d elements, want %d", e.name, len(e.v), want[e.name])
		}
		if slices.ContainsFunc(e.v, func(x float32) bool { return x != 0 }) {
			t.Errorf("entry %s of a new state is not zero", e.name)
		}
		delete(want, e.name)
		s.set(t, e.name, slices.Repeat([]float32{float32(i) + 0.5}, len(e.v)))
	}
	for name := range want {
		t.Errorf("entry %s is missing", name)
	}
	err = st.Each(func(name string, v []float32) error {
		x := slices.Clone(v)
		for i := range x {
			x[i] *= 2
		}
		return st.Set(name, x)
	})
	if err != nil {
		t.Errorf("Set within Each: %v", err)
	}
	for i, e := range s.entries(t) {
		if e.name != first[i].name {
			t.Errorf("entry %d is %s and was %s", i, e.name, first[i].name)
		}
		if slices.ContainsFunc(e.v, func(x float32) bool { return x != 2*float32(i)+1 }) {
			t.Errorf("entry %s is not what was set", e.name)
		}
	}
	if st.Set("nobody", []float32{1}) == nil {
		t.Error("Set of an unknown name gives no error")
	}
	if st.Set(first[0].name, make([]float32, len(first[0].v)+1)) == nil {
		t.Error("Set of a wrong length gives no error")
	}
	stop := errors.New("stop")
	if err := st.Each(func(string, []float32) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Each returns %v, not the error of its function", err)
	}
}

func testReadOnly(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	s := open(t, eng, tr, adam)
	before, inputs := s.entries(t), small.trial(o.Seed).in
	s.forward(t)
	sameEntries(t, "Forward", before, s.entries(t))
	s.grad(t)
	sameEntries(t, "Grad", before, s.entries(t))
	s.step(t, lr)
	for i, in := range inputs {
		got := tr.in[i]
		if !slices.Equal(got.F32, in.F32) || !slices.Equal(got.U8, in.U8) || !slices.Equal(got.I32, in.I32) {
			t.Errorf("input %s was changed", tr.p.Values[tr.p.Inputs[i]].Name)
		}
	}
}

func testRepeats(t *testing.T, eng engine.Engine, o Options) {
	tr := networkCases()[0].trial(o.Seed)
	a, b := open(t, eng, tr, adam), open(t, eng, tr, adam)
	identical(t, tr, a, b)
	first := b.grad(t)
	sameGradients(t, tr.p, first, b.grad(t))
}

// testUntouched relies on zero gradients for what is behind the StopGrad, and
// on weight decay and moments to show an update all the same.
func testUntouched(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	s := open(t, eng, tr, adam)
	d := s.grad(t)
	setMoments(t, tr, d, s)
	before := s.entries(t)
	s.step(t, lr)
	for i, e := range s.entries(t) {
		name := graph.VarOf(e.name)
		same := slices.Equal(e.v, before[i].v)
		moves := name != "idle.weight" && name != "idle.bias" && name != "trunk.conv.weight" &&
			name != "trunk.conv.bias" && name != "trunk.bn.scale" && name != "trunk.bn.bias"
		if same == moves {
			t.Errorf("after a step: %s is the same: %t, want %t", e.name, same, !moves)
		}
	}
	for _, name := range []string{"idle.weight", "trunk.conv.weight", "trunk.bn.scale"} {
		if sample.RMS(d[name]) != 0 {
			t.Errorf("gradient by %s, which the loss does not reach, is %g", name, d[name])
		}
	}
}

// testFirstUpdates sees the corrections for moments that start at zero. Eps is
// of the size of the gradients: with a small one the first update is their sign,
// and that of a small element is noise.
func testFirstUpdates(t *testing.T, eng engine.Engine, o Options) {
	tr := small.trial(o.Seed)
	d := &differ{forward: later * o.Forward, grad: later * o.Grad}
	opt := engine.Options{Adam: optim.Adam{Beta1: 0.8, Beta2: 0.999, Eps: 0.03, WeightDecay: 1e-2}}
	got, want := open(t, eng, tr, opt), open(t, ref.New(), tr, opt)
	for _, call := range []string{"update 1", "update 2", "update 3"} {
		before, wantBefore := got.entries(t), want.entries(t)
		got.step(t, lr)
		want.step(t, lr)
		d.state(call, tr.p, delta(before, got.entries(t)), delta(wantBefore, want.entries(t)))
	}
	report(t, eng, tr, d.errs)
}

func testRefresh(t *testing.T, eng engine.Engine, o Options) {
	refresh := testCase{name: "refresh", build: func(s *sketch) {
		x := s.images("images", 6, 5, 5)
		x = s.Conv2D("trunk.conv", x, graph.Conv2D{Out: 7, K: 3, Stride: 1, Bias: true}, gain())
		s.Output("y", s.BatchNorm("trunk.bn", x, batchNorm(graph.BatchUpdate, 1)))
	}}
	tr := refresh.trial(o.Seed)
	report(t, eng, tr, compareRefresh(t, eng, tr, o))
}

func compareRefresh(t *testing.T, eng engine.Engine, tr *trial, o Options) []error {
	d := &differ{forward: o.Forward, grad: o.Grad}
	got, want := open(t, eng, tr, adam), open(t, ref.New(), tr, adam)
	for _, way := range []float32{1, 0.5} {
		call := fmt.Sprintf("refresh, lr %g", way)
		before, wantBefore := got.entries(t), want.entries(t)
		if norm := got.step(t, way); norm != 0 {
			d.errs = append(d.errs, fmt.Errorf("%s: the gradient norm of a step without loss is %g", call, norm))
		}
		want.step(t, way)
		d.outputs(call, tr, got, want)
		d.state(call, tr.p, delta(before, got.entries(t)), delta(wantBefore, want.entries(t)))
	}
	return d.errs
}

// testShared trains with one program and runs another over the same variables.
func testShared(t *testing.T, eng engine.Engine, o Options) {
	net := func(mode graph.Norm) func(*sketch) {
		return func(s *sketch) {
			x := s.images("images", 6, 5, 5)
			x = s.Conv2D("conv", x, graph.Conv2D{Out: 20, K: 3, Stride: 1}, gain())
			x = s.ReLU("relu", s.BatchNorm("bn", x, batchNorm(mode, 1)))
			s.score("y", s.Conv2D("top", x, graph.Conv2D{Out: 5, K: 1, Stride: 1}, gain()), 1)
		}
	}
	train := testCase{name: "train", build: net(graph.BatchUpdate)}.trial(o.Seed)
	encode := testCase{name: "encode", build: net(graph.Running)}.trial(o.Seed)
	d := &differ{forward: later * deep * o.Forward}
	sides := map[bool]*side{}
	for _, isRef := range []bool{false, true} {
		e := eng
		if isRef {
			e = ref.New()
		}
		s := open(t, e, train, adam)
		exec, err := s.state.Compile(encode.p)
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Close()
		other := &side{tr: encode, state: s.state, exec: exec, out: engine.Outputs(encode.p)}
		other.forward(t) // packs weights that the step will change
		s.step(t, lr)
		other.forward(t)
		sides[isRef] = other
	}
	d.outputs("encode after a step", encode, sides[false], sides[true])
	report(t, eng, encode, d.errs)
}

// testSideBySide trains states of one engine at the same time: each as if it were alone.
func testSideBySide(t *testing.T, eng engine.Engine, o Options) {
	const states, updates = 4, 5
	train := func(i int) []entry {
		net := testCase{name: "side by side", build: func(s *sketch) {
			x := s.images("images", 6, 5, 5)
			own := fmt.Sprint("conv", i) // each compiles an operation that the engine has not seen
			x = s.ReLU("relu", s.Conv2D(own, x, graph.Conv2D{Out: 20, K: 3, Stride: 1, Bias: true}, gain()))
			s.score("y", s.Conv2D("top", x, graph.Conv2D{Out: 5, K: 1, Stride: 1}, gain()), 1)
		}}
		s := open(t, eng, net.trial(o.Seed+uint64(i)), adam)
		for range updates {
			s.step(t, lr)
		}
		return s.entries(t)
	}
	var together [states][]entry
	var all sync.WaitGroup
	for i := range together {
		all.Go(func() { together[i] = train(i) })
	}
	all.Wait()
	for i, got := range together {
		if got == nil {
			t.Fatal("a state failed beside others")
		}
		sameEntries(t, "another state", train(i), got)
	}
}

func sameEntries(t *testing.T, after string, before, now []entry) {
	t.Helper()
	for i, e := range now {
		if !sample.SameBits(e.v, before[i].v) {
			t.Errorf("%s changed %s", after, e.name)
		}
	}
}
