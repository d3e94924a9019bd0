package cpu

import (
	"slices"
	"testing"
	"time"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/optim"
)

// profiled makes two updates of a tiny network, timed.
func profiled(t *testing.T, e *Engine, on bool) []engine.Time {
	t.Helper()
	p, err := tiny.Pretrain(10).Bind(8, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	e.Profile(on)
	for step := range 2 {
		if _, err := x.Step(randomInputs(p, step), engine.Outputs(p), 1e-6); err != nil {
			t.Fatal(err)
		}
	}
	times := e.Times()
	e.Profile(false)
	return times
}

func TestProfileNamesWhatAnUpdateSpendsItsTimeOn(t *testing.T) {
	for _, threads := range []int{1, 3} {
		e, err := New(Config{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		began := time.Now()
		times := profiled(t, e, true)
		most := float64(threads) * time.Since(began).Seconds()
		var sum float64
		for _, x := range times {
			sum += x.Seconds
		}
		if sum > most {
			t.Errorf("%d threads: %g s, more than the %g s that they had", threads, sum, most)
		}
		for _, want := range []engine.Time{
			{Op: "input", Kind: "Input", Phase: engine.Forward},
			{Op: "encoder.l1", Kind: "Conv2D", Phase: engine.Forward},
			{Op: "encoder.l1", Kind: "Conv2D", Phase: engine.BackwardWeights},
			{Op: "encoder.l3.1.conv2", Kind: "Conv2D", Phase: engine.BackwardData},
			{Op: "encoder.l7.bn", Kind: "BatchNorm", Phase: engine.BackwardData},
			{Op: "nce.1-5", Kind: "NCE", Phase: engine.Forward},
			{Op: "adam", Kind: "Adam", Phase: engine.Update},
		} {
			if !slices.ContainsFunc(times, func(x engine.Time) bool {
				want.Seconds = x.Seconds
				return x == want
			}) {
				t.Errorf("%d threads: no time for %v", threads, want)
			}
		}
	}
}

func TestProfileStartsFromZeroAndMayBeOff(t *testing.T) {
	e, err := New(Config{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if times := profiled(t, e, false); len(times) > 0 {
		t.Errorf("off: %v", times)
	}
	profiled(t, e, true)
	e.Profile(true)
	if times := e.Times(); len(times) > 0 {
		t.Errorf("begun again: %v", times)
	}
}

func TestPeakAndBandwidthAreMeasured(t *testing.T) {
	for _, precision := range []string{F32, BF16} {
		e, err := New(Config{Precision: precision, Threads: 2})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for threads := 1; threads <= 2; threads++ {
			if f := e.Peak(threads, 0); f <= 0 {
				t.Errorf("%s, %d threads: peak %g", precision, threads, f)
			}
			if b := e.Bandwidth(threads, 1<<16, 0); b <= 0 {
				t.Errorf("%s, %d threads: bandwidth %g", precision, threads, b)
			}
		}
	}
}

// BenchmarkShapes is the kernel table: make bench-kernels prints it.
func BenchmarkShapes(b *testing.B) {
	for _, precision := range []string{F32, BF16} {
		b.Run(precision, func(b *testing.B) {
			e, err := New(Config{Precision: precision})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			enginetest.Shapes(b, e, e.pool.Threads())
		})
	}
}
