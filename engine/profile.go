package engine

import "time"

// Profiler is an engine that tells where its time goes, and what bounds it.
type Profiler interface {
	Engine
	// Profile starts to time operations, from zero, or stops; stopped it costs
	// nothing. No program may be running.
	Profile(on bool)
	// Times is what every operation took since Profile(true), for all programs:
	// none where the work is a GPU's, or not ours to look into.
	Times() []Time
	// ActivationBytes is the size of one number of an activation, as it is stored.
	ActivationBytes() int
	// Peak is the multiply-adds that so many threads make at once in registers,
	// in FLOP/s: what products could reach. Of a GPU it is what its largest
	// products reach. It runs for about d.
	Peak(threads int, d time.Duration) float64
	// Bandwidth is the bytes per second that so many threads move at once, over
	// arrays of so many bytes in all. It runs for about d.
	Bandwidth(threads, bytes int, d time.Duration) float64
}

// Time is that of one phase of one operation.
type Time struct {
	Op      string  `json:"op"`   // its name in the program; "input", "adam" and "group" beside
	Kind    string  `json:"kind"` // of the operation, as graph.Attr has it; "Input", "Adam", "Group"
	Phase   string  `json:"phase"`
	Seconds float64 `json:"seconds"` // summed over all threads at work
}

// Phases of a training step. What is computed for backward while forward runs
// counts as forward, what a fused operation does counts for the one it ends.
const (
	Forward         = "forward"
	BackwardData    = "backward data"    // gradients by inputs
	BackwardWeights = "backward weights" // gradients by variables
	Update          = "update"
)
