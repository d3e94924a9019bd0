package cpu

import (
	"fmt"
	"math"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// variable is a weight with its gradient and Adam's moments, or a running
// statistic (w alone).
type variable struct {
	graph.Var
	w, g, m, v []float32
	at         int               // position of g among the gradients of the state
	t          []float32         // count of updates, one number
	adam       kernel.AdamParams // of the current update
	version    int               // changes with w: packed copies compare it
}

// State owns the variables.
type state struct {
	engine *Engine
	opt    engine.Options
	given  []graph.Var
	vars   []*variable
	byName map[string]*variable
	peers  *peers    // nil: this process is alone
	grads  []float32 // of all variables, with peers
	pieces []piece   // of the current gradient or update
}

func newState(e *Engine, vars []graph.Var, o engine.Options) *state {
	s := &state{engine: e, opt: o, given: vars, byName: map[string]*variable{}, peers: newPeers(o.Group)}
	for _, v := range vars {
		n := tensor.Size(v.Shape)
		x := &variable{Var: v, w: make([]float32, n)}
		if v.Trainable {
			x.g, x.m, x.v = make([]float32, n), make([]float32, n), make([]float32, n)
			x.t = make([]float32, 1)
		}
		s.vars = append(s.vars, x)
		s.byName[v.Name] = x
	}
	if s.peers != nil {
		s.joinGradients()
	}
	return s
}

// Compile implements engine.State.
func (s *state) Compile(p *graph.Program) (engine.Exec, error) {
	if err := engine.CheckProgram(p, s.given); err != nil {
		return nil, err
	}
	vars := make([]*variable, len(p.Vars))
	for i, v := range p.Vars {
		vars[i] = s.byName[v.Name]
	}
	s.engine.queue.Lock()
	defer s.engine.queue.Unlock()
	if s.engine.precision == BF16 {
		return compile(s, p, vars, s.engine.set.BF16), nil
	}
	return compile(s, p, vars, s.engine.set.F32), nil
}

// Each implements engine.State.
func (s *state) Each(f func(name string, v []float32) error) error {
	for _, x := range s.vars {
		for _, e := range x.entries() {
			if err := f(e.name, e.data); err != nil {
				return err
			}
		}
	}
	return nil
}

// Set implements engine.State.
func (s *state) Set(name string, v []float32) error {
	if x, ok := s.byName[graph.VarOf(name)]; ok {
		for _, e := range x.entries() {
			if e.name != name {
				continue
			}
			if len(v) != len(e.data) {
				return fmt.Errorf("cpu: set %s: %d values, need %d", name, len(v), len(e.data))
			}
			copy(e.data, v)
			x.version++
			return nil
		}
	}
	return fmt.Errorf("cpu: set %s: no such entry", name)
}

// Close implements engine.State.
func (s *state) Close() error { return nil }

type entry struct {
	name string
	data []float32
}

func (x *variable) entries() []entry {
	e := []entry{{x.Name, x.w}}
	if x.Trainable {
		e = append(e,
			entry{graph.SlotM(x.Name), x.m}, entry{graph.SlotV(x.Name), x.v}, entry{graph.SlotT(x.Name), x.t})
	}
	return e
}

// chunk is how many weights one call of Adam or of a sum covers: fixed, so that
// sums do not depend on the number of threads.
const chunk = 1 << 14

// piece is a chunk of a variable.
type piece struct {
	v      *variable
	lo, hi int
	sum    float64
}

// cut returns the pieces of vars, in order: one loop over all of them waits
// only once, not once per variable.
func (s *state) cut(vars []*variable) []piece {
	s.pieces = s.pieces[:0]
	for _, x := range vars {
		for lo := 0; lo < len(x.w); lo += chunk {
			s.pieces = append(s.pieces, piece{v: x, lo: lo, hi: min(lo+chunk, len(x.w))})
		}
	}
	return s.pieces
}

// gradNorm is the norm of the gradient of all vars. If it is not finite, bad is
// the first variable to blame.
func (s *state) gradNorm(vars []*variable) (norm float64, bad *variable) {
	pieces := s.cut(vars)
	s.engine.pool.For(len(pieces), func(_, i int) {
		p := &pieces[i]
		g := p.v.g[p.lo:p.hi]
		p.sum = s.engine.set.Dot(g, g)
	})
	var total float64
	for i := 0; i < len(pieces); {
		x, sum := pieces[i].v, 0.
		for ; i < len(pieces) && pieces[i].v == x; i++ {
			sum += pieces[i].sum
		}
		if bad == nil && (math.IsNaN(sum) || math.IsInf(sum, 0)) {
			bad = x
		}
		total += sum
	}
	return math.Sqrt(total), bad
}

// update applies Adam to vars.
func (s *state) update(vars []*variable, lr float64) {
	for _, x := range vars {
		adam, rate := s.opt.Adam, lr
		if g, ok := s.opt.Groups[x.Group]; ok {
			adam, rate = g.Adam, lr*g.LRScale
		}
		x.t[0]++
		x.version++
		x.adam = adamParams(adam, rate, int(x.t[0]))
	}
	pieces := s.cut(vars)
	s.engine.pool.For(len(pieces), func(_, i int) {
		x, lo, hi := pieces[i].v, pieces[i].lo, pieces[i].hi
		s.engine.set.AdamStep(x.w[lo:hi], x.m[lo:hi], x.v[lo:hi], x.g[lo:hi], x.adam)
	})
}

func adamParams(a optim.Adam, lr float64, t int) kernel.AdamParams {
	return kernel.AdamParams{
		LR: float32(lr), Beta1: float32(a.Beta1), Beta2: float32(a.Beta2), Eps: float32(a.Eps),
		WeightDecay: float32(a.WeightDecay),
		Correction1: float32(1 - math.Pow(a.Beta1, float64(t))),
		Correction2: float32(1 - math.Pow(a.Beta2, float64(t))),
	}
}
