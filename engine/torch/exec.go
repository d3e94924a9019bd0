//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

type execFunctions struct {
	Open     func(state uintptr, json string, err *byte, cap int32) uintptr       `shim:"amdim_exec_open"`
	Forward  func(e uintptr, in, out *unsafe.Pointer, err *byte, cap int32) int32 `shim:"amdim_exec_forward"`
	Gradient func(
		e uintptr, in, out, d *unsafe.Pointer, err *byte, cap int32,
	) int32 `shim:"amdim_exec_gradient"`
	Step func(
		e uintptr, in, next, out *unsafe.Pointer, lr float64, norm *float64, err *byte, cap int32,
	) int32 `shim:"amdim_exec_step"`
	Close func(e uintptr, err *byte, cap int32) int32 `shim:"amdim_exec_close"`
}

// compiled runs one program.
type compiled struct {
	engine *Engine
	p      *graph.Program
	limits []limits
	group  *Group          // of processes that take part in the program, or nil
	next   []tensor.Tensor // inputs of the step after the next, or nil
	handle uintptr
}

func newExec(s *state, p *graph.Program, entries []int) (*compiled, error) {
	text, err := encode(p, entries)
	if err != nil {
		return nil, fmt.Errorf("torch: compile %s: %w", p.Name, err)
	}
	e := &compiled{engine: s.engine, p: p, limits: limitsOf(p)}
	if !alone(p) {
		e.group = s.group
	}
	e.handle, err = s.engine.lib.open(func(err *byte, cap int32) uintptr {
		return s.engine.lib.Exec.Open(s.handle, text, err, cap)
	})
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", p.Name, e.explain(err))
	}
	return e, nil
}

// Forward implements engine.Exec.
func (e *compiled) Forward(in, out []tensor.Tensor) error {
	if err := e.check(in, out, nil); err != nil {
		return err
	}
	from, to := pointers(in), pointers(out)
	return e.explain(e.engine.lib.call(func(err *byte, cap int32) int32 {
		return e.engine.lib.Exec.Forward(e.handle, unsafe.SliceData(from), unsafe.SliceData(to), err, cap)
	}))
}

// Grad implements engine.Exec.
func (e *compiled) Grad(in, out []tensor.Tensor, d map[string][]float32) error {
	by, wrong := e.gradients(d)
	if err := e.check(in, out, wrong); err != nil {
		return err
	}
	from, to := pointers(in), pointers(out)
	return e.explain(e.engine.lib.call(func(err *byte, cap int32) int32 {
		return e.engine.lib.Exec.Gradient(
			e.handle, unsafe.SliceData(from), unsafe.SliceData(to), unsafe.SliceData(by),
			err, cap)
	}))
}

// gradients returns where the gradients of d go, by variable of the program.
func (e *compiled) gradients(d map[string][]float32) ([]unsafe.Pointer, error) {
	by := make([]unsafe.Pointer, len(e.p.Vars))
	found := 0
	for i, v := range e.p.Vars {
		g, ok := d[v.Name]
		if !ok {
			continue
		}
		if n := tensor.Size(v.Shape); len(g) != n {
			return nil, fmt.Errorf("torch: %s: gradient by %s of %d values, need %d", e.p.Name, v.Name, len(g), n)
		}
		by[i] = unsafe.Pointer(unsafe.SliceData(g))
		found++
	}
	if found < len(d) {
		return nil, fmt.Errorf("torch: %s: gradients by %d variables, of which the program has %d",
			e.p.Name, len(d), found)
	}
	return by, nil
}

var _ engine.Ahead = (*compiled)(nil)

// Next implements engine.Ahead: a separate stream copies the inputs to a GPU.
func (e *compiled) Next(in []tensor.Tensor) { e.next = in }

// Step implements engine.Exec.
func (e *compiled) Step(in, out []tensor.Tensor, lr float32) (engine.StepStats, error) {
	next := e.next
	e.next = nil
	if err := e.check(in, out, nil); err != nil {
		return engine.StepStats{}, err
	}
	if next != nil && engine.CheckCall(e.p, next, out) != nil {
		next = nil // its own step will report why
	}
	var norm float64
	from, then, to := pointers(in), pointers(next), pointers(out)
	err := e.engine.lib.call(func(err *byte, cap int32) int32 {
		return e.engine.lib.Exec.Step(
			e.handle, unsafe.SliceData(from), unsafe.SliceData(then), unsafe.SliceData(to),
			float64(lr), &norm, err, cap)
	})
	if err != nil {
		return engine.StepStats{}, e.explain(err)
	}
	return engine.StepStats{GradNorm: norm}, nil
}

// Close implements engine.Exec.
func (e *compiled) Close() error {
	if e.handle == 0 {
		return nil
	}
	handle := e.handle
	e.handle = 0
	lib := e.engine.lib
	return lib.call(func(err *byte, cap int32) int32 { return lib.Exec.Close(handle, err, cap) })
}

// check runs before a call: on the device an integer out of range would go
// unnoticed. A wrong call in one process is an error in all processes of a group.
func (e *compiled) check(in, out []tensor.Tensor, wrong error) error {
	if wrong == nil {
		wrong = engine.CheckCall(e.p, in, out)
	}
	for i := 0; wrong == nil && i < len(in); i++ {
		if l, row := e.limits[i], e.limits[i].outside(in[i]); row >= 0 {
			wrong = fmt.Errorf("torch: %s: input %s: %d in row %d, need %d to %d",
				e.p.Name, e.p.Values[e.p.Inputs[i]].Name, in[i].I32[row], row, l.lo, l.hi-1)
		}
	}
	return e.agree(wrong)
}

// agree is engine.Agree, to which a nil *Group would be a group.
func (e *compiled) agree(wrong error) error {
	if e.group == nil {
		return wrong
	}
	return engine.Agree(e.group, wrong)
}

// pointers returns those to the tensors' data, which libtorch reads and writes in place.
func pointers(tensors []tensor.Tensor) []unsafe.Pointer {
	if tensors == nil {
		return nil
	}
	p := make([]unsafe.Pointer, len(tensors))
	for i, t := range tensors {
		switch t.DType {
		case tensor.Uint8:
			p[i] = unsafe.Pointer(unsafe.SliceData(t.U8))
		case tensor.Int32:
			p[i] = unsafe.Pointer(unsafe.SliceData(t.I32))
		default:
			p[i] = unsafe.Pointer(unsafe.SliceData(t.F32))
		}
	}
	return p
}

// explain turns an error of the shim into one about the program.
func (e *compiled) explain(err error) error {
	var failure *Error
	if !errors.As(err, &failure) {
		return err
	}
	if e.group != nil && e.handle != 0 && failure.Code != notFinite {
		e.group.broken = true // the others are in the middle of the call: no barrier can follow
	}
	switch failure.Code {
	case notFinite:
		op, value, _ := strings.Cut(failure.Text, "\n")
		return &engine.NonFiniteError{Op: op, Value: value}
	case outOfMemory:
		return e.tooLarge(failure)
	case groupLost:
		if e.group != nil {
			return e.group.lost(err)
		}
	}
	return err
}

// tooLarge says about how much the program holds at once: the values that backward needs, 0.6
// of all (an update of cifar10-tiny in float32 on a processor, and docs/cost.md), and libtorch's
// working memory, a quarter as much; and weights with gradient and moments.
func (e *compiled) tooLarge(failure *Error) error {
	cost := e.p.Cost()
	values, weights := cost.Activation/4*3, 16*int64(cost.Parameters)
	if e.engine.fuse {
		values /= 2 // in bf16
	}
	return &engine.MemoryError{
		Program: e.p.Name, Rows: e.p.Values[e.p.Inputs[0]].Shape[0], Need: values + weights, Grow: values,
		Room: e.engine.room(), Err: failure,
	}
}
