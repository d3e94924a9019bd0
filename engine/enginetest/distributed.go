package enginetest

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
)

// Distributed tests Share in groups of 2 and 4 members, each with an engine of its
// own, and that a group that fails leaves every state as it was.
func Distributed(t *testing.T, open func(t *testing.T) engine.Engine, o Options) {
	for _, size := range []int{2, 4} {
		t.Run(fmt.Sprintf("%d processes", size), func(t *testing.T) {
			engines := make([]engine.Engine, size)
			for rank := range engines {
				engines[rank] = open(t)
			}
			together(t, Groups(size), func(t *testing.T, m *Member) { Share(t, engines[m.Rank()], m, o) })
		})
	}
	t.Run("a group that fails", func(t *testing.T) {
		testFailure(t, []engine.Engine{open(t), open(t)}, o.withDefaults())
	})
}

// Share tests, as the process that g says, that a group computes together what the
// engine computes alone on the whole batch: outputs, gradients, the norm, ten
// updates; and that all processes end with the same bytes. Every process of the
// group calls it with the same options, on an engine of its own; g may be made of
// real processes. It stops at the first case that fails: the others have gone on.
func Share(t *testing.T, eng engine.Engine, g engine.Group, o Options) {
	o = o.withDefaults()
	for _, c := range sharedCases() {
		tr := c.trial(o.Seed)
		s := &shared{eng: eng, group: g, alone: tr, part: c.share(tr, g.Rank(), g.Size())}
		if !t.Run(c.name, func(t *testing.T) { s.test(t, o) }) {
			return
		}
	}
	if !t.Run("what is not finite in one share", func(t *testing.T) { testNonFiniteShare(t, eng, g, o) }) {
		return
	}
	if !t.Run("a wrong call in one process", func(t *testing.T) { testWrongShare(t, eng, g, o) }) {
		return
	}
	t.Run("rows alone ask nobody", func(t *testing.T) { testAlone(t, eng, g, o) })
}

// shared is a trial done alone and, a part of it, in a group.
type shared struct {
	eng         engine.Engine
	group       engine.Group
	alone, part *trial
}

// updates is how many are compared.
const updates = 10

func (s *shared) test(t *testing.T, o Options) {
	alone, inGroup := open(t, s.eng, s.alone, adam), open(t, s.eng, s.part, member(s.group))
	d := &differ{forward: o.Forward * s.alone.slack, grad: o.Grad * s.alone.slack}

	alone.forward(t)
	inGroup.forward(t)
	d.outputs("forward", s.part, inGroup, s.rows(alone))
	if len(s.part.p.Loss) > 0 {
		want, got := alone.grad(t), inGroup.grad(t)
		d.outputs("grad", s.part, inGroup, s.rows(alone))
		d.gradients(s.part.p, got, want, open(t, ref.New(), s.alone, adam).grad(t))
		setMoments(t, s.alone, want, alone, inGroup)
	}
	before := alone.entries(t)
	forward, grad, call := d.forward, d.grad, "first update"
	for i := range updates {
		n := float64((i + 1) * (i + 1)) // of a mean square: differences of weights add up
		d.forward, d.grad = n*forward, n*grad
		want, got := alone.step(t, lr), inGroup.step(t, lr)
		d.outputs(call, s.part, inGroup, s.rows(alone))
		d.norm(call, got, want)
		d.state(call, s.part.p, delta(before, inGroup.entries(t)), delta(before, alone.entries(t)))
		call = secondUpdate
	}
	report(t, s.eng, s.part, d.errs)
	sameInAll(t, s.group, inGroup)
}

// rows is a side whose outputs are the share of those of one that ran alone.
func (s *shared) rows(alone *side) *side {
	part := &side{tr: s.part}
	for _, t := range alone.out {
		part.out = append(part.out, cut(t, views(s.part.p), s.group.Rank(), s.group.Size()))
	}
	return part
}

func member(g engine.Group) engine.Options {
	o := adam
	o.Group = g
	return o
}

// sameInAll tests that the states of all processes are the same bytes.
func sameInAll(t *testing.T, g engine.Group, s *side) {
	t.Helper()
	h := fnv.New64a()
	for _, e := range s.entries(t) {
		for _, x := range e.v {
			fmt.Fprintf(h, "%x ", math.Float32bits(x))
		}
	}
	all, err := g.Exchange(fmt.Sprintf("%x", h.Sum(nil)))
	if err != nil {
		t.Fatal(err)
	}
	if slices.Max(all) != slices.Min(all) {
		t.Errorf("the states of the processes differ: digests %q", all)
	}
}

// testNonFiniteShare gives one process a NaN: all refuse, and go on together.
func testNonFiniteShare(t *testing.T, eng engine.Engine, g engine.Group, o Options) {
	for _, c := range []testCase{chain, chainRefresh} {
		s := open(t, eng, c.trial(o.Seed), member(g)) // every process has the same rows
		s.step(t, lr)
		before := s.entries(t)
		x := s.tr.in[0].F32
		good := x[37]
		if g.Rank() == g.Size()-1 {
			x[37] = float32(math.NaN())
		}
		_, err := s.exec.Step(s.tr.in, s.out, lr)
		var bad *engine.NonFiniteError
		if !errors.As(err, &bad) {
			t.Fatalf("%s: Step returns %v, want a *engine.NonFiniteError", c.name, err)
		}
		sameEntries(t, "a step that failed", before, s.entries(t))
		x[37] = good
		s.step(t, lr)
		sameInAll(t, g, s)
	}
}

// testWrongShare gives one process a label that is no class: all refuse, as that one
// does, and go on together.
func testWrongShare(t *testing.T, eng engine.Engine, g engine.Group, o Options) {
	c := testCase{name: "label", build: func(s *sketch) { s.score("y", s.source("x", 4, 5), 1) }}
	s := open(t, eng, c.trial(o.Seed), member(g))
	before := s.entries(t)
	labels := s.tr.in[s.tr.p.Input("y.labels")].I32
	good, last := labels[2], g.Size()-1
	if g.Rank() == last {
		labels[2] = 5
	}
	_, step := s.exec.Step(s.tr.in, s.out, lr)
	for call, err := range map[string]error{
		"Forward": s.exec.Forward(s.tr.in, s.out),
		"Grad":    s.exec.Grad(s.tr.in, s.out, map[string][]float32{}),
		"Step":    step,
	} {
		var peer *engine.PeerError
		if err == nil || g.Rank() != last && (!errors.As(err, &peer) || peer.Rank != last) {
			t.Errorf("%s returns %v, want what rank %d refuses", call, err, last)
		}
	}
	sameEntries(t, "a wrong call", before, s.entries(t))
	labels[2] = good
	s.step(t, lr)
	sameInAll(t, g, s)
}

// testAlone runs a frozen network in one process while the others do not.
func testAlone(t *testing.T, eng engine.Engine, g engine.Group, o Options) {
	c := testCase{name: "frozen", build: func(s *sketch) {
		x := s.BatchNorm("bn", s.images("images", 4, 5, 5), batchNorm(graph.Running, 1))
		s.Output("y", s.Linear("fc", s.Reshape("row", x, 75), graph.Linear{Out: 7}, gain()))
	}}
	s := open(t, eng, c.trial(o.Seed), member(g))
	if g.Rank() == 0 {
		s.forward(t)
	}
	sameInAll(t, g, s)
}

// testFailure lets one call of the group after the other fail, until Forward, Grad
// and Step make no more of them.
func testFailure(t *testing.T, engines []engine.Engine, o Options) {
	for _, c := range []struct {
		name string
		call func(s *side) error
	}{
		{"Forward", func(s *side) error { return s.exec.Forward(s.tr.in, s.out) }},
		{"Grad", func(s *side) error { return s.exec.Grad(s.tr.in, s.out, nil) }},
		{"Step", func(s *side) error { _, err := s.exec.Step(s.tr.in, s.out, lr); return err }},
	} {
		for n, failed := 1, true; failed; n++ {
			t.Run(fmt.Sprintf("%s, call %d", c.name, n), func(t *testing.T) {
				failed = failAt(t, engines, n, o, c.call)
			})
		}
	}
}

// failAt reports whether call made n calls of the group, so that the last failed.
func failAt(t *testing.T, engines []engine.Engine, n int, o Options, call func(s *side) error) bool {
	c := testCase{name: "loss", rows: 8, build: func(s *sketch) {
		x := s.BatchNorm("bn", s.shared("x", 8, 3, 20), batchNorm(graph.BatchUpdate, 2))
		loseNCE(s, s.shared("a", 8, 20), x, 20, 1, 4e-2)
		s.score("y", x, 1)
	}}
	members, errs := Groups(len(engines)), make([]error, len(engines))
	members[1].FailAt(n)
	together(t, members, func(t *testing.T, m *Member) {
		s := open(t, engines[m.Rank()], c.share(c.trial(o.Seed), m.Rank(), m.Size()), member(m))
		before := s.entries(t)
		if errs[m.Rank()] = call(s); errs[m.Rank()] != nil {
			sameEntries(t, "a call that failed", before, s.entries(t))
		}
	})
	failed := members[1].calls >= n
	for rank, err := range errs {
		if of := members[rank].hub.err; failed && !errors.Is(err, of) || !failed && err != nil {
			t.Errorf("process %d returns %v, and the error of the group is %v", rank, err, of)
		}
	}
	return failed
}
