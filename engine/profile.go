package engine

import "time"

// Profiler is an engine that reports where its time goes and what bounds it.
type Profiler interface {
	Engine
	// Profile starts timing operations, from zero, or stops; when stopped it costs
	// nothing. No program may be running.
	Profile(on bool)
	// Times returns what every operation has taken since Profile(true), over all
	// programs.
	Times() []Time
	// OfThreads reports whether Times are those of the engine's threads, each of
	// which works on its own. Else they are those of the device, such as a GPU, and
	// add up to no more than the clock's.
	OfThreads() bool
	// ActivationBytes is the stored size of one number of an activation.
	ActivationBytes() int
	// Peak measures the rate in FLOP/s at which this many threads together do
	// multiply-adds in registers: what matrix products could reach. For a GPU it
	// is what its largest products reach. It runs for about d.
	Peak(threads int, d time.Duration) float64
	// Bandwidth measures the bytes per second that this many threads together move
	// over arrays of that many bytes in all. It runs for about d.
	Bandwidth(threads, bytes int, d time.Duration) float64
}

// Time is the time taken by one phase of one operation.
type Time struct {
	Op      string  `json:"op"`   // its name in the program; also "input", "adam" and "group"
	Kind    string  `json:"kind"` // of the operation, as in graph.Attr; also "Input", "Adam", "Group"
	Phase   string  `json:"phase"`
	Seconds float64 `json:"seconds"` // summed over all threads at work: see Profiler.OfThreads
}

// Phases of a training step. What forward computes for backward counts as
// forward; an operation fused into the end of another counts as that one.
const (
	Forward         = "forward"
	BackwardData    = "backward data"    // gradients with respect to inputs
	BackwardWeights = "backward weights" // gradients with respect to variables
	Backward        = "backward"         // both, where they cannot be told apart
	Update          = "update"
)
