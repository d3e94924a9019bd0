//go:build torch && linux

package torch

import (
	"slices"
	"testing"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
)

// What lies between two calls belongs to neither.
func TestTimeBetweenCallsIsNotCounted(t *testing.T) {
	e := newEngine(t, F32).(*Engine)
	p, exec := pretraining(t, e, small, 16)
	in, out := randomInputs(p, 0), engine.Outputs(p)
	calls := map[string]func() error{
		"step":    func() error { _, err := exec.Step(in, out, 1e-3); return err },
		"grad":    func() error { return exec.Grad(in, out, nil) },
		"forward": func() error { return exec.Forward(in, out) },
	}
	e.Profile(true)
	defer e.Profile(false)
	var calling, timed float64
	for range 2 {
		for name, call := range calls {
			began := time.Now()
			if err := call(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			calling += time.Since(began).Seconds()
			time.Sleep(200 * time.Millisecond)
		}
	}
	for _, x := range e.Times() {
		timed += x.Seconds
	}
	if timed <= 0 || timed > calling {
		t.Errorf("%.3f s timed of %.3f s in calls", timed, calling)
	}
}

// Every operation of an update is timed in its phases, once for each: what a convolution
// does with its own work is part of it.
func TestEveryOperationIsTimed(t *testing.T) {
	for name, fuse := range map[string]bool{"as they are": false, "fused": true} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, F32).(*Engine)
			if e.device != "cpu" {
				e = newEngine(t, BF16).(*Engine)
			}
			e.fuse = fuse
			p, exec := pretraining(t, e, small, 16)
			step := func() {
				if _, err := exec.Step(randomInputs(p, 0), engine.Outputs(p), 1e-3); err != nil {
					t.Fatal(err)
				}
			}
			e.Profile(true)
			step()
			e.Profile(false)
			times := e.Times()
			step()
			if after := e.Times(); len(times) == 0 || !slices.Equal(after, times) {
				t.Errorf("%v, and after an update that is not timed %v", times, after)
			}
			spent := map[[2]string]float64{}
			for _, x := range times {
				if _, twice := spent[[2]string{x.Op, x.Phase}]; twice || x.Seconds < 0 {
					t.Errorf("%+v: listed twice, or less than nothing", x)
				}
				spent[[2]string{x.Op, x.Phase}] = x.Seconds
			}
			if spent[[2]string{"adam", engine.Update}] <= 0 {
				t.Error("the update is not timed")
			}
			for i, op := range p.Ops {
				merged := fuse && done(p.Ops, i)
				_, forward := spent[[2]string{op.Name, engine.Forward}]
				_, backward := spent[[2]string{op.Name, engine.Backward}]
				if forward == merged || op.Attr.Kind() == "Conv2D" && !backward || merged && backward {
					t.Errorf("%s %s: forward timed %v, backward %v", op.Attr.Kind(), op.Name, forward, backward)
				}
			}
		})
	}
}

// done says that in a fused program another operation does the work of the i-th:
// convolutions that of the ReLU behind them, the second of a residual layer that of its sum.
func done(ops []graph.Op, i int) bool {
	switch ops[i].Attr.Kind() {
	case "ReLU":
		return ops[i-1].Attr.Kind() == "Conv2D"
	case "Add", "PadChannels":
		return true
	}
	return false
}
