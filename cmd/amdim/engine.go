package main

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/engine/torch"
	"github.com/amdim/amdim/internal/parallel"
)

// engineFlags choose what computes.
type engineFlags struct {
	name    string
	device  string
	graphs  bool
	tune    bool
	threads int
	local   int // rank of this process among those of its host: its GPU
	share   int // threads that are this process's where threads says nothing; 0: one per core
}

// add adds the flags of a verb that makes updates.
func (f *engineFlags) add(c *cobra.Command) {
	f.addFrozen(c)
	c.Flags().BoolVar(&f.graphs, "graphs", false,
		"with --engine torch on one GPU: capture an update as a CUDA graph, started by one call")
}

// addFrozen adds the flags of a verb that changes no weights.
func (f *engineFlags) addFrozen(c *cobra.Command) {
	c.Flags().StringVar(&f.name, "engine", "cpu",
		"compute engine: cpu, torch (libtorch, for GPUs), or ref (float64: exact and very slow)")
	c.Flags().StringVar(&f.device, "device", "",
		"with --engine torch: cpu, cuda or cuda:1 (default: a GPU if there is one)")
	c.Flags().BoolVar(&f.tune, "tune", false,
		"with --engine torch on a GPU: try kernels and take the fastest; bytes may differ from run to run")
	c.Flags().IntVar(&f.threads, "threads", 0,
		"threads; any number gives the same bytes, but not with --engine torch (default: one per core)")
}

func checkThreads(n int) error {
	if parallel.CheckThreads(n) != nil {
		return usagef("--threads %d: need 1 to %d, or 0 for one per core", n, parallel.MostThreads)
	}
	return nil
}

// checkSplit takes no split, too: that is all of a folder, and train of other data.
func checkSplit(split string) error {
	if split != "" && split != "train" && split != "test" && split != "pretrain" {
		return usagef("--split %q: need train, test or pretrain", split)
	}
	return nil
}

// check returns an error when the flags do not go together.
func (f engineFlags) check() error {
	if err := checkThreads(f.threads); err != nil {
		return err
	}
	switch {
	case !slices.Contains([]string{"cpu", "torch", "ref"}, f.name):
		return usagef("--engine %q: need cpu, torch or ref", f.name)
	case f.device != "" && f.name != "torch":
		return usagef("--device %s is for --engine torch, not for %s", f.device, f.name)
	case f.graphs && f.name != "torch":
		return usagef("--graphs is for --engine torch, not for %s", f.name)
	case f.tune && f.name != "torch":
		return usagef("--tune is for --engine torch, not for %s", f.name)
	}
	return nil
}

// checkPrecision refuses a --precision that the engine lacks; empty is the engine's choice.
func (f engineFlags) checkPrecision(p string) error {
	switch p {
	case "", "bf16", "f32":
		return nil
	case "tf32":
		if f.name == "torch" {
			return nil
		}
	}
	return usagef("--precision %q: need bf16 or f32, or tf32 with --engine torch", p)
}

// words are the flags that choose another engine than the default, for a command that
// shall compute as this one does.
func (f engineFlags) words() []string {
	var words []string
	if f.name != "" && f.name != "cpu" {
		words = append(words, "--engine", f.name)
	}
	if f.device != "" {
		words = append(words, "--device", f.device)
	}
	if f.graphs {
		words = append(words, "--graphs")
	}
	if f.tune {
		words = append(words, "--tune")
	}
	if f.threads > 0 {
		words = append(words, "--threads", strconv.Itoa(f.threads))
	}
	return words
}

// open returns the engine for a precision, "bf16", "f32" or "" for the engine's
// best, and what closes it.
func (f engineFlags) open(precision string) (engine.Engine, func(), error) {
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	switch f.name {
	case "cpu":
		e, err := cpu.New(cpu.Config{Precision: precision, Threads: f.onProcessor()})
		if err != nil {
			return nil, nil, usageError{err}
		}
		return e, e.Close, nil
	case "ref":
		return ref.New(), func() {}, nil
	}
	e, err := f.openTorch(precision)
	return e, func() {}, err
}

// onProcessor is how many threads Go's own work takes. Those of libtorch follow the
// variables of its own, which launchers set.
func (f engineFlags) onProcessor() int { return cmp.Or(f.threads, f.share) }

// profiler is open for so many threads and an engine that says where its time goes.
func (f engineFlags) profiler(precision string, threads int) (engine.Profiler, func(), error) {
	f.threads = threads
	e, closeEngine, err := f.open(precision)
	if err != nil {
		return nil, nil, err
	}
	p, ok := e.(engine.Profiler)
	if !ok {
		closeEngine()
		return nil, nil, usagef("--engine %s cannot be benchmarked: it does not report where its time goes", f.name)
	}
	return p, closeEngine, nil
}

// libtorch is loaded once in a process, when it is first needed.
var libtorch = sync.OnceValues(func() (*torch.Library, error) { return torch.Open("") })

func (f engineFlags) openTorch(precision string) (engine.Engine, error) {
	lib, err := libtorch()
	if err != nil {
		return nil, usageError{fmt.Errorf("--engine torch: %w", err)}
	}
	device := f.device
	if (device == "" || device == "cuda") && lib.Devices() > 0 {
		device = fmt.Sprintf("cuda:%d", f.local)
	}
	e, err := lib.NewEngine(torch.Config{
		Device: device, Precision: precision, Threads: f.threads, Graphs: f.graphs, Tune: f.tune,
	})
	if err != nil {
		return nil, usageError{err}
	}
	return e, nil
}

// addPrecision adds the flag of verbs that run a trained encoder.
func addPrecision(f *pflag.FlagSet, precision *string) {
	f.StringVar(precision, "precision", "",
		"precision of the encoder: bf16 or f32, or tf32 on a GPU "+
			"(default: that of the run or, if it named none, the faster here)")
}

// openModel opens a run with the engine that the flags name, and returns what closes
// both.
func (f engineFlags) openModel(run string, o amdim.Options) (*amdim.Model, func(), error) {
	if _, err := checkpointOf(run); err != nil {
		return nil, nil, err
	}
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	o.Threads = f.threads
	closeEngine := func() {}
	if f.name != "cpu" { // the processor is opened by amdim
		precision, err := trainedIn(run, o.Precision)
		if err != nil {
			return nil, nil, err
		}
		e, closeIt, err := f.open(precision)
		if err != nil {
			return nil, nil, err
		}
		o.Engine, o.Precision, closeEngine = e, "", closeIt
	}
	m, err := amdim.Open(run, o)
	if err != nil {
		closeEngine()
		return nil, nil, err
	}
	return m, func() { m.Close(); closeEngine() }, nil
}

// trainedIn is a precision, or where it is empty that of a run's training.
func trainedIn(run, precision string) (string, error) {
	if precision != "" {
		return precision, nil
	}
	path, err := checkpointOf(run)
	if err != nil {
		return "", err
	}
	settings, _, err := config.Stored(path)
	return settings.Precision, err
}
