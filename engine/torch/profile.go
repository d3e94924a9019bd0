//go:build torch && linux

package torch

import (
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
}

var _ engine.Profiler = (*Engine)(nil)

// Profile implements engine.Profiler: libtorch's operations are not timed.
func (e *Engine) Profile(bool) {}

// Times implements engine.Profiler.
func (e *Engine) Times() []engine.Time { return nil }

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
