//go:build torch && linux

package torch

import (
	"testing"

	"github.com/amdim/amdim/engine"
)

// Every operation of an update is timed in its phases, once for each: what a convolution
// does with its own work is part of it.
func TestEveryOperationIsTimed(t *testing.T) {
	for name, fuse := range map[string]bool{"as they are": false, "fused": true} {
		t.Run(name, func(t *testing.T) {
			e := newEngine(t, F32).(*Engine)
			e.fuse = fuse
			if fuse && e.device != "cpu" {
				t.Skip("cuDNN does not fuse float32 as it is")
			}
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
			if after := e.Times(); len(after) != len(times) || after[0] != times[0] {
				t.Errorf("%d times, and %d after an update that is not timed", len(times), len(after))
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
				merged := fuse && op.Attr.Kind() == "ReLU" && p.Ops[i-1].Attr.Kind() == "Conv2D"
				_, forward := spent[[2]string{op.Name, engine.Forward}]
				_, backward := spent[[2]string{op.Name, engine.Backward}]
				if forward == merged || op.Attr.Kind() == "Conv2D" && !backward || merged && backward {
					t.Errorf("%s %s: forward timed %v, backward %v", op.Attr.Kind(), op.Name, forward, backward)
				}
			}
		})
	}
}
