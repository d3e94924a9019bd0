//go:build torch && linux

package torch

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
)

// newEngine is one on the device AMDIM_TORCH_DEVICE, the processor by default.
func newEngine(t testing.TB, precision string) engine.Engine {
	t.Helper()
	e, err := library(t).NewEngine(Config{Device: testDevice(), Precision: precision})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// libtorch would be asked for them all; that is found before it is needed.
func TestThreadsThatNoMachineHasAreRefused(t *testing.T) {
	for _, threads := range []int{-1, 1 << 30} {
		want := fmt.Sprintf("torch: threads = %d, need 0 to 4096", threads)
		if _, err := (*Library)(nil).NewEngine(Config{Threads: threads}); err == nil || err.Error() != want {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func testDevice() string { return cmp.Or(os.Getenv("AMDIM_TORCH_DEVICE"), "cpu") }

// bounds by precision. A bfloat16 number has 8 bits of mantissa: one rounding costs an
// NMSE of about 3e-6, a gradient through several layers some tens of it.
var bounds = map[string]enginetest.Options{F32: {}, F64: {}, BF16: {Forward: 1e-4, Grad: 1e-3}}

func TestOperationsEqualTheReference(t *testing.T) {
	for precision, o := range bounds {
		if precision == F32 && testDevice() != "cpu" {
			o.Forward = 1e-10 // after an update 3.5e-10 of 1e-9 on an H100: cuDNN has other ways to convolve
		}
		t.Run(precision, func(t *testing.T) { enginetest.Run(t, newEngine(t, precision), o) })
	}
}

// A GPU fuses programs in bfloat16, which TestOperationsEqualTheReference has then seen.
// A processor never does, and is asked to here.
func TestFusedOperationsEqualTheReference(t *testing.T) {
	if testDevice() != "cpu" {
		t.Skip("what cuDNN fuses is bfloat16, and fused there in the other tests")
	}
	for precision, o := range bounds {
		t.Run(precision, func(t *testing.T) { enginetest.Run(t, fusing(t, precision), o) })
	}
}

// Every way to compute means of windows and residual layers is right, and those that are found to be fastest.
func TestOperationsEqualTheReferenceInEveryWay(t *testing.T) {
	precisions := []string{F32, BF16}
	if testDevice() != "cpu" {
		precisions = precisions[1:]
	}
	for name, set := range map[string]func(*Engine){
		"pools by torch": func(e *Engine) { e.pools = 1 }, "pools by means": func(e *Engine) { e.pools = 2 },
		"pools by products": func(e *Engine) { e.pools = 3 },
		"layers in passes":  func(e *Engine) { e.layers = 1 }, "layers with sums": func(e *Engine) { e.layers = 2 },
		"layers with sums and masks": func(e *Engine) { e.layers = 3 },
		"fastest":                    func(e *Engine) { e.tune = true },
	} {
		for _, precision := range precisions {
			t.Run(name+" "+precision, func(t *testing.T) {
				e := fusing(t, precision)
				set(e)
				o := bounds[precision]
				o.Varies = e.tune && testDevice() != "cpu" // the fastest kernels of a GPU add in any order
				enginetest.Run(t, e, o)
			})
		}
	}
}

func BenchmarkEngine(b *testing.B) {
	for _, precision := range []string{F32, BF16} {
		b.Run(precision, func(b *testing.B) { enginetest.Bench(b, newEngine(b, precision)) })
	}
}

func fusing(t *testing.T, precision string) *Engine {
	e := newEngine(t, precision).(*Engine)
	e.fuse = true
	return e
}

func TestFusedUpdatesAreTheSameUpdates(t *testing.T) {
	if testDevice() != "cpu" {
		t.Skip("cuDNN does not fuse float32 as it is")
	}
	want := losses(t, newEngine(t, F32), false)
	for step, x := range losses(t, fusing(t, F32), false) {
		if !(math.Abs(x-want[step]) <= 1e-5*math.Abs(want[step])) {
			t.Errorf("step %d: loss %.7g, want %.7g", step, x, want[step])
		}
	}
}

func TestActivationsAreAsLargeAsThePrecision(t *testing.T) {
	for precision, want := range map[string]int{F32: 4, TF32: 4, BF16: 2, F64: 8} {
		if got := (&Engine{precision: precision, tune: true}).ActivationBytes(); got != want {
			t.Errorf("%s: %d bytes, want %d", precision, got, want)
		}
	}
}

func TestFewThreadsBesideAGPU(t *testing.T) {
	for _, c := range []struct {
		device, environment string
		asked, want         int
	}{
		{"cpu", "", 0, 0}, {"cpu", "", 16, 16}, {"cpu", "4", 0, 0},
		{"cuda:0", "", 0, 2}, {"cuda:0", "", 16, 2}, {"cuda:0", "", 1, 1},
		{"cuda:0", "4", 0, 0}, {"cuda:0", "4", 16, 2},
	} {
		t.Setenv("OMP_NUM_THREADS", c.environment)
		if got := threadsFor(c.device, c.asked); got != c.want {
			t.Errorf("%s, asked for %d, OMP_NUM_THREADS=%s: %d threads, want %d",
				c.device, c.asked, c.environment, got, c.want)
		}
	}
}
