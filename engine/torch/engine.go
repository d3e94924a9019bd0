//go:build torch && linux

package torch

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
)

// Engine runs programs on one device of libtorch.
type Engine struct {
	lib       *Library
	device    string // "cpu" or "cuda:N"
	precision string
	graphs    bool
	tune      bool
	fuse      bool // operations take fewer passes over memory: see shim/program.hpp
	pools     int  // for tests: with fuse, the way of shim/pool.cc; 0: it decides
	layers    int  // likewise of shim/residual.cc
}

// NewEngine prepares an engine. A missing device or an unknown precision is an error, and
// so is a number of threads that no machine has.
func (l *Library) NewEngine(c Config) (engine.Engine, error) {
	if err := parallel.CheckThreads(c.Threads); err != nil {
		return nil, fmt.Errorf("torch: %w", err)
	}
	device, err := l.device(c.Device)
	if err != nil {
		return nil, err
	}
	e := &Engine{lib: l, device: device, precision: c.Precision, graphs: c.Graphs, tune: c.Tune}
	if c.Graphs && device == "cpu" {
		return nil, errors.New("torch: updates can be CUDA graphs on a GPU alone, the device is cpu")
	}
	if c.Tune && device == "cpu" {
		return nil, errors.New("torch: there is something to tune on a GPU alone, the device is cpu")
	}
	switch c.Precision {
	case "":
		e.precision = F32
		if device != "cpu" {
			e.precision = BF16
		}
	case F32, TF32, BF16, F64:
	default:
		return nil, fmt.Errorf("torch: precision %q, want %s, %s, %s or %s", c.Precision, F32, TF32, BF16, F64)
	}
	e.fuse = device != "cpu" && e.precision == BF16
	if n := threadsFor(device, c.Threads); n > 0 {
		l.on(func() { l.SetThreads(int32(n)) })
	}
	return e, nil
}

// threadsFor returns how many threads libtorch's own work on the CPU gets; 0: as it
// chooses. With a GPU that work is a copy of each batch, and the loader needs the other
// threads.
func threadsFor(device string, asked int) int {
	const beside = 2
	switch {
	case device == "cpu" || asked == 0 && os.Getenv("OMP_NUM_THREADS") != "":
		return asked
	case asked == 0:
		return beside
	}
	return min(asked, beside)
}

// device returns the full name of an existing device.
func (l *Library) device(name string) (string, error) {
	gpus := l.Devices()
	switch {
	case name == "cpu" || name == "" && gpus == 0:
		return "cpu", nil
	case name == "" || name == "cuda":
		name = "cuda:0"
	}
	number, ok := strings.CutPrefix(name, "cuda:")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 {
		return "", fmt.Errorf("torch: device %q, want cpu, cuda or cuda:N", name)
	}
	if n >= gpus {
		return "", fmt.Errorf("torch: there is no device %s: libtorch %s sees %d GPUs here",
			name, l.Version(), gpus)
	}
	return name, nil
}

// Name is "torch", libtorch's version, the kind of device, the precision, and "tuned" if so.
func (e *Engine) Name() string {
	device, _, _ := strings.Cut(e.device, ":") // processes with a GPU each have the same engine
	name := fmt.Sprintf("torch %s %s %s", e.lib.Version(), device, e.precision)
	if e.tune {
		name += " tuned"
	}
	return name
}

// NewState allocates the variables, all zero. A group of several processes must
// come from Join.
func (e *Engine) NewState(vars []graph.Var, o engine.Options) (engine.State, error) {
	return newState(e, vars, o)
}
