package cpu

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/optim"
)

// In a group of processes other rows are summed together: in float32 within the
// bounds of the table, in bfloat16 a rounding that goes the other way passes
// through all that follows.
func TestGroupEqualsOneProcess(t *testing.T) {
	sets := kernel.Sets()
	best := sets[len(sets)-1].Name
	for _, c := range []struct {
		set, precision string
		enginetest.Options
	}{
		{sets[0].Name, F32, enginetest.Options{}},
		{best, F32, enginetest.Options{}},
		{best, BF16, enginetest.Options{Forward: 1e-4, Grad: 1e-3}},
	} {
		t.Run(c.set+" "+c.precision, func(t *testing.T) {
			enginetest.Distributed(t, func(t *testing.T) engine.Engine {
				e, err := New(Config{Kernel: c.set, Precision: c.precision, Threads: 1})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(e.Close)
				return e
			}, c.Options)
		})
	}
}

// Of one process, or of none, nothing differs from what it was without groups.
func TestGroupOfOneIsNotAsked(t *testing.T) {
	alone := enginetest.Groups(1)[0]
	alone.FailAt(1)
	if newPeers(alone) != nil || newPeers(nil) != nil {
		t.Error("a process that is alone has peers")
	}
}

// A float32 has 24 bits: sums of squares and counts of scores need more.
func TestSumsOfProcessesKeep48Bits(t *testing.T) {
	members := enginetest.Groups(2)
	var sums [2][]float64
	pool := parallel.New(2)
	defer pool.Close()
	pool.For(2, func(_, rank int) {
		sums[rank] = []float64{1<<40 + float64(rank), 1.0 / 3, 0}
		newPeers(members[rank]).sum(sums[rank])
	})
	for rank, v := range sums {
		if v[0] != 1<<41+1 || !(math.Abs(v[1]-2.0/3) <= 1e-14) || v[2] != 0 {
			t.Errorf("process %d: sums %v", rank, v)
		}
	}
}

// Sums may be at work when a process refuses a call: they are done first, in every
// process, and the group goes on.
func TestProcessesAgreeAfterTheSumsAtWork(t *testing.T) {
	const sums = 100
	members, wrong := enginetest.Groups(2), errors.New("wrong")
	pool := parallel.New(2)
	defer pool.Close()
	pool.For(2, func(_, rank int) {
		p, own := newPeers(members[rank]), []error{nil, wrong}[rank]
		all := make([][]float32, sums)
		for i := range all {
			all[i] = []float32{1, float32(i)}
		}
		p.begin(all)
		var peer *engine.PeerError
		if err := p.agree(own); own == nil && !errors.As(err, &peer) || own != nil && err != own {
			t.Errorf("process %d: %v", rank, err)
		}
		if v := all[sums-1]; v[0] != 2 || p.agree(nil) != nil {
			t.Errorf("process %d: sums %v, group %v", rank, v, p.lost())
		}
	})
}

// Gradients of frozen variables, and running statistics, stay at home.
func TestBucketsAreTheTrainedGradients(t *testing.T) {
	var vars []graph.Var
	for i, trainable := range []bool{true, true, false, true, true} {
		vars = append(vars, graph.Var{Name: fmt.Sprint(i), Shape: []int{10 + i}, Trainable: trainable})
	}
	s := newState(nil, vars, engine.Options{Group: enginetest.Groups(2)[0]})
	for _, c := range []struct {
		trained []int
		want    []int // lengths in cache lines
	}{{[]int{0, 1, 3, 4}, []int{4}}, {[]int{0, 3}, []int{1, 1}}, {[]int{4}, []int{1}}, {nil, nil}} {
		var trained []*variable
		for _, i := range c.trained {
			trained = append(trained, s.vars[i])
		}
		var got []int
		for _, b := range s.buckets(trained) {
			got = append(got, len(b)/16)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("buckets of %v are %v, want %v", c.trained, got, c.want)
		}
	}
}

// counted counts the numbers that this process gives its group.
type counted struct {
	engine.Group
	numbers int
}

func (c *counted) Sum(v []float32) error {
	c.numbers += len(v)
	return c.Group.Sum(v)
}

func (c *counted) Gather(out, v []float32) error {
	c.numbers += len(v)
	return c.Group.Gather(out, v)
}

// Larger maps have more consequents, and no more to send.
func TestConsequentsStayInTheirProcess(t *testing.T) {
	sent := func(side int) int {
		b := graph.NewBuilder("losses")
		maps := b.Input("maps", graph.Input{}, graph.Any, side, side, 3)
		c := b.Conv2D("c", maps, graph.Conv2D{Out: 20, K: 1, Stride: 1}, graph.Init{})
		a := b.Linear("a", b.Input("x", graph.Input{}, graph.Any, 5), graph.Linear{Out: 20}, graph.Init{})
		loss, _, _ := b.NCE("nce", a, c, 20)
		b.Loss(loss, 1)
		k := b.Linear("k", a, graph.Linear{Out: 40}, graph.Init{})
		b.Loss(b.MixtureNCE("mixture", b.Reshape("shaped", k, 2, 20), c, graph.MixtureNCE{Tau: 1}).Loss, 1)
		p, err := b.Program().Bind(8, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		members := enginetest.Groups(2)
		first := &counted{Group: members[0]}
		pool := parallel.New(2)
		defer pool.Close()
		pool.For(2, func(_, rank int) {
			if err := updateOnce(p, []engine.Group{first, members[1]}[rank]); err != nil {
				t.Error(err)
			}
		})
		return first.numbers
	}
	if few, many := sent(2), sent(7); few != many {
		t.Errorf("an update of maps of 2×2 sends %d numbers, of 7×7 %d", few, many)
	}
}

// updateOnce is an update of all-zero weights by random inputs.
func updateOnce(p *graph.Program, g engine.Group) error {
	e, err := New(Config{Threads: 1})
	if err != nil {
		return err
	}
	defer e.Close()
	s, err := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam(), Group: g})
	if err != nil {
		return err
	}
	x, err := s.Compile(p)
	if err != nil {
		return err
	}
	_, err = x.Step(randomInputs(p, g.Rank()), engine.Outputs(p), 1e-4)
	return err
}

// BenchmarkPretrainGroup is BenchmarkPretrain in float32, by as many threads in one
// process and in two, which are goroutines of this one. It says what of a step of
// the first member goes to the sum of the gradients, waiting for the other included.
func BenchmarkPretrainGroup(b *testing.B) {
	const pairs, threads = 128, 2
	for _, size := range []int{1, threads} {
		b.Run(fmt.Sprintf("%d processes", size), func(b *testing.B) {
			members := enginetest.Groups(size)
			pool := parallel.New(size)
			defer pool.Close()
			engines, steps := make([]*Engine, size), make([]func() error, size)
			c := Config{Precision: F32, Threads: threads / size}
			for rank, m := range members {
				engines[rank], steps[rank] = pretraining(b, c, 2*pairs/size, m)
			}
			step := func() {
				pool.For(size, func(_, rank int) {
					if err := steps[rank](); err != nil {
						panic(err)
					}
				})
			}
			step() // packs weights, grows scratch
			engines[0].Profile(true)
			for b.Loop() {
				step()
			}
			engines[0].Profile(false)
			for _, t := range engines[0].Times() {
				if t.Op == "group" {
					b.ReportMetric(1e3*t.Seconds/float64(b.N), "group-ms")
				}
			}
			b.ReportMetric(pairs*float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
		})
	}
}

// pretraining is one update of the preset cifar10-tiny on rows of random images.
func pretraining(b *testing.B, c Config, rows int, g engine.Group) (*Engine, func() error) {
	m := tiny
	m.NDF, m.NRKHS, m.NDepth = 64, 512, 3
	p, err := m.Pretrain(10).Bind(rows, 0, 0)
	if err != nil {
		b.Fatal(err)
	}
	e, err := New(c)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(e.Close)
	s, _ := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam(), Group: g})
	if err := model.Initialize(p.Vars, 1, s.Set); err != nil {
		b.Fatal(err)
	}
	x, err := s.Compile(p)
	if err != nil {
		b.Fatal(err)
	}
	in, out := randomInputs(p, g.Rank()), engine.Outputs(p)
	return e, func() error { _, err := x.Step(in, out, 1e-4); return err }
}
