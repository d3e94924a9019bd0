package engine

import "time"

// Profiler is an engine that reports where its time goes and what bounds it.
type Profiler interface {
	Engine
	// Profile starts timing operations, from zero, or stops; when stopped it costs
	// nothing. No program may be running.
	Profile(on bool)
	// Times returns what every operation has taken since Profile(true), over all
	// programs: none if the work is done on a GPU or cannot be observed.
	Times() []Time
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
	Seconds float64 `json:"seconds"` // summed over all threads at work
}

// Phases of a training step. What forward computes for backward counts as
// forward; an operation fused into the end of another counts as that one.
const (
	Forward         = "forward"
	BackwardData    = "backward data"    // gradients with respect to inputs
	BackwardWeights = "backward weights" // gradients with respect to variables
	Update          = "update"
)
