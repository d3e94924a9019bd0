package main

import (
	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/ref"
)

// engineFlags choose what computes.
type engineFlags struct {
	name    string
	threads int
}

func (f *engineFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "engine", "cpu", "what computes: cpu, or ref (float64: exact and very slow)")
	c.Flags().IntVar(&f.threads, "threads", 0, "any number gives the same bytes (default: one per core)")
}

// open returns the engine for a precision, "bf16", "f32" or "" for the engine's
// best, and what closes it.
func (f engineFlags) open(precision string) (engine.Engine, func(), error) {
	if f.threads < 0 {
		return nil, nil, usagef("--threads %d: need at least 0", f.threads)
	}
	switch f.name {
	case "cpu":
		e, err := cpu.New(cpu.Config{Precision: precision, Threads: f.threads})
		if err != nil {
			return nil, nil, usageError{err}
		}
		return e, e.Close, nil
	case "ref":
		return ref.New(), func() {}, nil
	}
	return nil, nil, usagef("--engine %q: need cpu or ref", f.name)
}

// openModel opens a run with the engine that the flags name, and returns what closes
// both.
func (f engineFlags) openModel(run string, o amdim.Options) (*amdim.Model, func(), error) {
	if _, err := checkpointOf(run); err != nil {
		return nil, nil, err
	}
	o.Threads = f.threads
	closeEngine := func() {}
	if f.name != "cpu" || f.threads < 0 { // the processor is opened by amdim, as it was trained
		e, closeIt, err := f.open(o.Precision)
		if err != nil {
			return nil, nil, err
		}
		o.Engine, closeEngine = e, closeIt
	}
	m, err := amdim.Open(run, o)
	if err != nil {
		closeEngine()
		return nil, nil, err
	}
	return m, func() { m.Close(); closeEngine() }, nil
}
