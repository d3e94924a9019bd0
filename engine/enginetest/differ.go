package enginetest

import (
	"fmt"
	"math"
	"slices"

	"github.com/amdim/amdim/engine/internal/sample"
	"github.com/amdim/amdim/graph"
)

// differ collects what differs by more than its bounds.
type differ struct {
	forward, grad float64 // bounds on the NMSE
	errs          []error
}

// check compares one tensor. Errors are measured against the tensor's own size
// or, when that is larger, against floor per element.
func (d *differ) check(what string, got, want []float32, bound, floor float64) {
	if len(got) != len(want) {
		d.errs = append(d.errs, fmt.Errorf("%s has %d elements, want %d", what, len(got), len(want)))
		return
	}
	var square, size, worst float64
	at := 0
	for i := range want {
		e := float64(got[i]) - float64(want[i])
		square += e * e
		size += float64(want[i]) * float64(want[i])
		if !(math.Abs(e) <= worst) {
			worst, at = math.Abs(e), i
		}
	}
	size = max(size, floor*floor*float64(len(want)))
	if square <= bound*size {
		return
	}
	d.errs = append(d.errs, fmt.Errorf("%s: NMSE %.2g, bound %.2g; worst at %d of %d: got %g, want %g",
		what, square/size, bound, at, len(want), got[at], want[at]))
}

// outputs compares the outputs of a call. Counts are compared while the
// variables are exact: later a rounding may move an element across a threshold.
func (d *differ) outputs(call string, tr *trial, got, want *side) {
	for i, o := range tr.p.Outputs {
		if tr.counts[o.Name] && call == secondUpdate {
			continue
		}
		d.check(call+": output "+o.Name, got.out[i].F32, want.out[i].F32, d.forward, 0)
	}
}

// noise is the share of the largest gradient under which one is rounding, as
// that of a bias before BatchNorm: there the error is measured against the
// largest.
const noise = 1e-9

// gradients tells noise by exact, the gradients of the reference.
func (d *differ) gradients(p *graph.Program, got, want, exact map[string][]float32) {
	top := sample.Largest(exact)
	for _, v := range p.Vars {
		if v.Trainable {
			floor := noiseFloor(sample.RMS(exact[v.Name]), top)
			d.check("gradient by "+v.Name, got[v.Name], want[v.Name], d.grad, floor)
		}
	}
}

func noiseFloor(size, top float64) float64 {
	if size > 0 && size < noise*top {
		return top
	}
	return 0
}

func (d *differ) norm(call string, got, want float64) {
	d.check(call+": gradient norm", []float32{float32(got)}, []float32{float32(want)}, d.grad, 0)
}

// state compares updates of variables, moments and counts. Adam moves a weight
// by lr times a ratio m/√v of order 1: where m happens to pass through zero,
// the error is measured against half of that.
func (d *differ) state(call string, p *graph.Program, got, want map[string][]float32) {
	for _, v := range p.Vars {
		if !v.Trainable {
			d.check(call+": change of "+v.Name, got[v.Name], want[v.Name], d.forward, 0)
			continue
		}
		m, sq, t := graph.SlotM(v.Name), graph.SlotV(v.Name), graph.SlotT(v.Name)
		d.check(call+": change of "+v.Name, got[v.Name], want[v.Name], d.grad, 0.5*lr)
		d.check(call+": "+m, got[m], want[m], d.grad, 0.5*math.Sqrt(sample.RMS(want[sq])))
		d.check(call+": "+sq, got[sq], want[sq], d.grad, 0)
		if !slices.Equal(got[t], want[t]) {
			d.errs = append(d.errs, fmt.Errorf("%s: %s is %v, want %v", call, t, got[t], want[t]))
		}
	}
}
