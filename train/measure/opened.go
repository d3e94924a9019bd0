package measure

import (
	"runtime/debug"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/model"
)

// Shares of the time to spend. Updates get most of it: they are the result.
const (
	updateShare  = 0.5
	profileShare = 0.15
	scalingShare = 0.2
	boundShare   = 0.05 // used twice for the peak, once for memory
)

// opened is a program ready to be measured, and the result so far.
type opened struct {
	engine  engine.Profiler
	program *graph.Program
	step    *Step
	result  *Result
	close   func()
}

// open builds the program on an engine. The peak of the machine is measured before memory is
// taken, and that of memory from here on.
func (t Task) open(build func() (*graph.Program, error)) (*opened, error) {
	if err := t.validate(); err != nil {
		return nil, err
	}
	e, closeEngine, err := t.Open(t.Threads)
	if err != nil {
		return nil, err
	}
	o := &opened{engine: e, close: closeEngine}
	if o.program, err = build(); err != nil {
		closeEngine()
		return nil, err
	}
	o.result = t.result(e, o.program)
	o.result.Peak = e.Peak(t.Threads, t.share(boundShare))
	begin()
	if o.step, err = t.newStep(e, o.program); err != nil {
		closeEngine()
		return nil, err
	}
	o.close = func() { o.step.Close(); closeEngine() }
	return o, nil
}

// share returns that share of the time to spend.
func (t Task) share(x float64) time.Duration {
	return time.Duration(x * t.Seconds * float64(time.Second))
}

// begin resets the peak of memory to what is needed now.
func begin() {
	debug.FreeOSMemory()
	memory.ResetPeak()
}

// newStep returns the step with its initial weights.
func (t Task) newStep(e engine.Engine, p *graph.Program) (*Step, error) {
	s, err := NewStep(e, p, t.Train.Adam)
	if err != nil {
		return nil, err
	}
	err = model.Initialize(graph.Variables(p), t.Train.Seed, s.State.Set)
	if err == nil {
		err = s.Compile(p)
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}
