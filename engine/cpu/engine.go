package cpu

import (
	"fmt"
	"sync"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
)

// Precisions of Config: how activations and their gradients are stored.
// Weights, sums and losses are float32 in both.
const (
	F32  = "f32"
	BF16 = "bf16"

	tf32 = "tf32" // of a run made on a GPU: permits rounding products, which is not done here
)

// Config chooses kernels, precision and threads.
type Config struct {
	// Precision is F32 (also "tf32") or BF16; "": BF16 where the kernel set multiplies it
	// faster, which is with AMX, and with AVX-512 on AMD processors that have BF16
	// products; else F32.
	Precision string

	Kernel  string // generic, avx2, avx512, amx, neon; "": $AMDIM_KERNEL, else the best that runs here
	Threads int    // 0: GOMAXPROCS
}

// Engine runs programs on the processor.
type Engine struct {
	set       *kernel.Set
	pool      workers
	precision string
	queue     sync.Mutex // of whoever computes: its loops have the pool, and its operations the clock
}

// New prepares an engine. An unknown kernel set or precision is an error, and so is a
// number of threads that no machine has.
func New(c Config) (*Engine, error) {
	if err := parallel.CheckThreads(c.Threads); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	set, err := kernel.ByName(c.Kernel)
	if err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	switch c.Precision {
	case "":
		c.Precision = F32
		if set.FastBF16 {
			c.Precision = BF16
		}
	case F32, BF16:
	case tf32:
		c.Precision = F32
	default:
		return nil, fmt.Errorf("cpu: precision %q, want %s or %s", c.Precision, F32, BF16)
	}
	return &Engine{set: set, pool: newWorkers(c.Threads), precision: c.Precision}, nil
}

// Name is "cpu", the kernel set and the precision.
func (e *Engine) Name() string { return "cpu " + e.set.Name + " " + e.precision }

// Close stops the engine's threads. States must not be used afterwards.
func (e *Engine) Close() { e.pool.Close() }

// NewState allocates the variables, all zero.
func (e *Engine) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	return newState(e, vars, o), nil
}
