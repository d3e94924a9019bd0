//go:build torch && linux

package torch

import (
	"fmt"
	"strings"
	"time"

	"github.com/amdim/amdim/engine"
)

type measureFunctions struct {
	Products func(
		device string, bf16 int32, seconds float64, flops *float64, err *byte, cap int32,
	) int32 `shim:"amdim_measure_products"`
	Copy func(
		device string, bytes int64, seconds float64, rate *float64, err *byte, cap int32,
	) int32 `shim:"amdim_measure_copy"`
	SetClock  func(on int32)                                           `shim:"amdim_clock_set"`
	ReadClock func(text *byte, size int64, err *byte, cap int32) int32 `shim:"amdim_clock_read"`
}

var _ engine.Profiler = (*Engine)(nil)

// phases are those of shim/clock.hpp.
var phases = []string{engine.Forward, engine.Backward, engine.Update}

// Profile implements engine.Profiler, for all engines of the process.
func (e *Engine) Profile(on bool) {
	var n int32
	if on {
		n = 1
	}
	e.lib.on(func() { e.lib.Measure.SetClock(n) })
}

// Times implements engine.Profiler. Every operation is awaited before the next begins, so
// that short ones on a GPU seem longer than they are.
func (e *Engine) Times() []engine.Time {
	text := make([]byte, 1<<20)
	err := e.lib.call(func(err *byte, cap int32) int32 {
		return e.lib.Measure.ReadClock(&text[0], int64(len(text)), err, cap)
	})
	if err != nil {
		panic(err)
	}
	var times []engine.Time
	lines, _, _ := strings.Cut(string(text), "\x00")
	for line := range strings.Lines(lines) {
		var t engine.Time
		var rest string
		var phase int
		t.Op, rest, _ = strings.Cut(line, "\t")
		if _, err := fmt.Sscan(rest, &t.Kind, &phase, &t.Seconds); err != nil {
			panic(fmt.Errorf("torch: time %q: %w", line, err))
		}
		t.Phase = phases[phase]
		times = append(times, t)
	}
	return times
}

// OfThreads implements engine.Profiler: libtorch's own threads are not observed, nor those of a GPU.
func (e *Engine) OfThreads() bool { return false }

// ActivationBytes implements engine.Profiler.
func (e *Engine) ActivationBytes() int {
	switch e.precision {
	case BF16:
		return 2
	case F64:
		return 8
	}
	return 4
}

// Peak implements engine.Profiler with large products; 0 if they cannot be made.
func (e *Engine) Peak(_ int, d time.Duration) float64 {
	var bf16 int32
	if e.precision == BF16 {
		bf16 = 1
	}
	return e.measure(func(rate *float64, err *byte, cap int32) int32 {
		return e.lib.Measure.Products(e.device, bf16, d.Seconds(), rate, err, cap)
	})
}

// Bandwidth implements engine.Profiler with a copy on the device; 0 if it cannot be made.
func (e *Engine) Bandwidth(_, bytes int, d time.Duration) float64 {
	return e.measure(func(rate *float64, err *byte, cap int32) int32 {
		return e.lib.Measure.Copy(e.device, int64(bytes), d.Seconds(), rate, err, cap)
	})
}

func (e *Engine) measure(f func(rate *float64, err *byte, cap int32) int32) float64 {
	var rate float64
	if err := e.lib.call(func(err *byte, cap int32) int32 { return f(&rate, err, cap) }); err != nil {
		return 0
	}
	return rate
}
