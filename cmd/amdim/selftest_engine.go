package main

import (
	"fmt"
	"math"
	"os"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/selftest"
	"github.com/amdim/amdim/internal/kernel"
)

// candidate is an engine under test.
type candidate struct {
	engine     engine.Engine
	one, seven engine.Engine // with so many threads, which must give the same bytes; nil: no promise
	close      []func()
	plain      string // precision of the plain Go that it is held to; "": it is plain Go itself
	bound      selftest.Bound
	found      testedEngine
}

// testedEngine is an engine with its largest relative errors.
type testedEngine struct {
	Engine    string   `json:"engine"`
	Outputs   float64  `json:"outputs"`
	Gradients float64  `json:"gradients"`
	Updates   float64  `json:"updates"`
	Used      float64  `json:"of_bound"`             // above 1: wrong
	SameBytes *bool    `json:"same_bytes,omitempty"` // with any number of threads, where that is promised
	Faults    []string `json:"faults,omitempty"`     // one for each network
}

func closeAll(candidates []*candidate) {
	for _, k := range candidates {
		for _, f := range k.close {
			f()
		}
	}
}

// candidates opens the engines that the flags name.
func (s *selfTest) candidates() (all []*candidate, err error) {
	if err := s.engine.check(); err != nil {
		return nil, err
	}
	if err := s.engine.checkPrecision(s.precision); err != nil {
		return nil, err
	}
	precisions := []string{cpu.F32, cpu.BF16}
	if s.precision != "" {
		precisions = []string{s.precision}
	}
	defer func() {
		if err != nil {
			closeAll(all)
		}
	}()
	switch s.engine.name {
	case "ref":
		return nil, usagef("--engine ref is the definition that others are compared with: need cpu or torch")
	case "cpu":
		return s.kernels(precisions)
	}
	for _, p := range precisions {
		e, closeEngine, err := s.engine.open(p)
		if err != nil {
			return all, err
		}
		all = append(all, &candidate{
			engine: e, close: []func(){closeEngine}, plain: plainFor(p), bound: selftest.Engines(p),
		})
	}
	return all, nil
}

// plainFor is the precision of plain Go that comes next to one.
func plainFor(precision string) string {
	if precision == cpu.F32 {
		return cpu.F32
	}
	return cpu.BF16
}

// kernels opens the engine on every kernel set that runs here, or on that of AMDIM_KERNEL.
func (s *selfTest) kernels(precisions []string) ([]*candidate, error) {
	sets := kernel.Sets()
	if os.Getenv("AMDIM_KERNEL") != "" {
		set, err := kernel.ByName("")
		if err != nil {
			return nil, usageError{err}
		}
		sets = []*kernel.Set{set}
	}
	var all []*candidate
	for _, set := range sets {
		for _, p := range precisions {
			k := &candidate{bound: selftest.Kernels(p), plain: p}
			if set.Name == "generic" {
				k.bound, k.plain = selftest.Plain(p), ""
			}
			all = append(all, k)
			if err := k.open(set.Name, p, s.engine.threads); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

func (k *candidate) open(set, precision string, threads int) error {
	for at, n := range map[*engine.Engine]int{&k.engine: threads, &k.one: 1, &k.seven: 7} {
		e, err := cpu.New(cpu.Config{Kernel: set, Precision: precision, Threads: n})
		if err != nil {
			return err
		}
		*at = e
		k.close = append(k.close, e.Close)
	}
	return nil
}

// measure compares the engine with the definition, and with plain Go by precision.
func (k *candidate) measure(d *selftest.Definition, plain map[string]selftest.Errors) error {
	errs, err := d.Measure(k.engine)
	if err != nil {
		return err
	}
	f, bare := &k.found, plain[k.plain]
	f.Engine = k.engine.Name()
	for to, x := range map[*float64]float64{
		&f.Outputs: errs.Largest(selftest.Output), &f.Gradients: errs.Largest(selftest.Gradient),
		&f.Updates: errs.Largest(selftest.Update), &f.Used: k.bound.Used(errs, bare),
	} {
		*to = max(*to, min(x, math.MaxFloat64)) // JSON has no infinity
	}
	if err := k.bound.Check(errs, bare); err != nil {
		f.Faults = append(f.Faults, fmt.Sprintf("%s: %v", d.Network.Name, err))
	}
	if k.one == nil {
		return nil
	}
	same, err := d.Same(k.one, k.seven)
	if err != nil {
		return err
	}
	if !same {
		f.Faults = append(f.Faults, d.Network.Name+": with seven threads the bytes are not those with one")
	}
	all := same && (f.SameBytes == nil || *f.SameBytes)
	f.SameBytes = &all
	return nil
}
