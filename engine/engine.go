package engine

import (
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// Engine creates state on one kind of hardware.
type Engine interface {
	// Name says engine, kernels and precision: "cpu avx512 bf16".
	Name() string
	// NewState allocates the variables, all zero; callers Set them. One that is not
	// trainable has no gradient and no moments, and no program can train it.
	NewState(vars []graph.Var, o Options) (State, error)
}

// Options belong to a state.
type Options struct {
	Adam   optim.Adam
	Groups map[string]optim.Group // by graph.Var.Group; a missing group uses Adam

	// Group, unless nil, makes the state one of several that train together. A
	// program's rows are then this process's share of a batch that is Size times as
	// large; BatchNorm statistics, negatives, losses, gradients and updates are those
	// of the whole batch, as one process would compute them. With two views the share
	// is the same rows of each. Scalar results are for the whole batch too; others
	// are for the share. All processes make the same calls in the same order: a wrong
	// call, or a non-finite value, in one of them is an error in all, after which
	// they may go on. An error of the group is returned before the update. Forward
	// involves this process alone if no operation looks across rows: no BatchNorm
	// over a batch, and no loss, whether Program.Loss names it or not.
	Group Group
}

// State owns weights, BatchNorm statistics and Adam moments on the device. It
// is not safe for concurrent use, nor are the Execs compiled against it; but several
// States of one engine may be used at the same time: their programs wait for each other.
// So two States of one Group, which wait for each other too, need an engine each.
type State interface {
	// Compile prepares a bound program; see CheckProgram.
	Compile(p *graph.Program) (Exec, error)
	// Each calls f for every entry in a fixed order: a variable under its name
	// and, for trainable ones, Adam's moments and update count under graph.SlotM,
	// SlotV and SlotT of the name. v is valid only during the call; f may Set the entry.
	Each(f func(name string, v []float32) error) error
	// Set copies v into the entry; an unknown name or wrong length is an error.
	Set(name string, v []float32) error
	Close() error
}

// Exec runs one program. in holds the program's inputs in order, out receives
// its outputs in order: float32 tensors of their shapes, made by the caller.
type Exec interface {
	// Forward computes the outputs; running statistics are not changed.
	Forward(in, out []tensor.Tensor) error
	// Grad also sets d[name], for every name present in d, to the gradient of the loss
	// with respect to that variable, finite or not; nothing is updated.
	Grad(in, out []tensor.Tensor, d map[string][]float32) error
	// Step computes forward and backward, then updates the variables that the
	// loss reaches and the running statistics. If a loss or a gradient is not
	// finite, it returns a *NonFiniteError and leaves the state as it was. For a
	// program without a loss it only moves the running statistics, by lr of the way
	// that BatchNorm.Momentum takes them: the refresh. With Momentum 1 and lr = 1, 1/2,
	// 1/3, … in successive calls they become the means of those of the batches.
	Step(in, out []tensor.Tensor, lr float32) (StepStats, error)
	Close() error
}

// Ahead is an Exec that can take the inputs of the next update while the current
// one runs, for instance to copy them to a GPU.
type Ahead interface {
	// Next announces the inputs of the Step after the coming one. The coming Step may
	// already read them; they must not change until the Step they are meant for has run.
	Next(in []tensor.Tensor)
}

// StepStats describes an update.
type StepStats struct {
	GradNorm float64 // Euclidean norm of the gradient over all updated variables
}
