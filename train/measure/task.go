package measure

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/train"
)

// Task is what is measured.
type Task struct {
	train.Task // Data nil: noise images in memory; Engine comes from Open
	// Open makes an engine with that many threads, and the function that closes it.
	Open     func(threads int) (engine.Profiler, func(), error)
	Threads  int
	Seconds  float64 // to spend, about
	NoLoader bool    // the same views in every update: nothing is read or augmented
	// NoProfile leaves operations untimed. To time them takes a few updates, for which
	// CUDA graphs are given up.
	NoProfile bool
	Outputs   []string // of the encoder, for Encode; none: f1

	arrays uint64 // bytes used to measure the bandwidth; 0: more than caches hold
}

// noiseClasses is how many classes the online probes distinguish in a task without data.
const noiseClasses = 10

func (t Task) validate() error {
	if err := t.Validate(); err != nil {
		return err
	}
	if t.Data != nil && t.Data.Len() < t.Train.Batch {
		few := &train.BatchError{Data: t.DataSpec, Images: t.Data.Len(), Batch: t.Train.Batch}
		return fmt.Errorf("measure: %w", few)
	}
	return nil
}

// bound is the training step on a batch of images.
func (t Task) bound(batch int) (*graph.Program, error) {
	classes := noiseClasses
	if t.Data != nil {
		classes = len(t.Data.Classes())
	}
	return t.Model.Pretrain(classes).Bind(2*batch, 0, 0)
}

// Result is how fast a program runs, where its time goes, and what bounds it.
type Result struct {
	Job     string `json:"job"` // training or inference
	Engine  string `json:"engine"`
	Threads int    `json:"threads"`
	Px      int    `json:"px"`
	NDF     int    `json:"ndf"`
	NRKHS   int    `json:"n_rkhs"`
	NDepth  int    `json:"n_depth"`
	Batch   int    `json:"batch"`

	Unit    string    `json:"unit"`       // pair: the two views of an image; or image
	Rate    float64   `json:"per_second"` // of these units, from the median update
	Seconds []float64 `json:"seconds"`    // of every measured update, in order
	FLOPs   int64     `json:"flops"`      // of the products of an update; a multiply-add is 2
	FLOPS   float64   `json:"flops_per_second"`
	Workers int       `json:"workers"`    // whose time Groups and Ops add up: all threads, or 1: the device
	Core    float64   `json:"core_share"` // of the threads' time that the process got; 0: not known
	Memory  uint64    `json:"peak_bytes"` // of the process, as the system saw it; 0: not known

	Peak      float64  `json:"peak_flops_per_second"` // of multiply-adds in registers, all threads
	Bandwidth float64  `json:"bytes_per_second"`      // that memory moves, all threads
	Scaling   *Scaling `json:"scaling,omitempty"`     // nil: one thread, or inference

	Profiled float64 `json:"profiled_seconds"` // of an update whose operations are timed; 0: none was
	Groups   []Group `json:"groups"`
	Ops      []Op    `json:"operations"`
	Bound    Bound   `json:"bound"`
}

// Scaling is how much faster all threads are than one.
type Scaling struct {
	Batch int     `json:"batch"` // at which both are measured
	Step  float64 `json:"step"`
	Peak  float64 `json:"peak"` // the bare loop of multiply-adds
}

// Op is one phase of one operation, in an update.
type Op struct {
	engine.Time
	FLOPs int64 `json:"flops"` // of its products
}

// Group is what an update spends on one group of operations.
type Group struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"` // of all workers together: see Result.Workers
	FLOPs   int64   `json:"flops,omitempty"`
}

func (t Task) result(e engine.Profiler, p *graph.Program) *Result {
	m, workers := t.Model, 1
	if e.OfThreads() {
		workers = t.Threads
	}
	return &Result{
		Engine: e.Name(), Threads: t.Threads, Px: m.Px, NDF: m.NDF, NRKHS: m.NRKHS, NDepth: m.NDepth,
		Batch: t.Train.Batch, Workers: workers,
	}
}

// rate fills in what follows from the updates' times.
func (r *Result) rate() {
	update := Median(r.Seconds)
	r.Rate, r.FLOPS = float64(r.Batch)/update, float64(r.FLOPs)/update
}
