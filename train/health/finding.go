package health

import (
	"slices"

	"github.com/amdim/amdim/train"
)

// Kind is what a Finding is about.
type Kind string

// Kinds. The first six are verdicts on learning, of which Check returns one.
const (
	Starting         Kind = "starting"
	TooShort         Kind = "too short for a verdict"
	Learning         Kind = "learning"
	NotLearning      Kind = "not learning yet"
	Collapsed        Kind = "collapsed"
	RateTooHigh      Kind = "learning rate too high"
	ClipSaturate     Kind = "clip saturated"
	Starved          Kind = "starved for data"
	FewImages        Kind = "too few images for the batch"
	SmallBatch       Kind = "batch too small"
	MixtureCollapsed Kind = "mixture collapsed"
)

// Level is how much a Finding should worry.
type Level string

// Levels.
const (
	OK   Level = "ok"
	Warn Level = "warn" // the result will be worse or later than it could be
	Bad  Level = "bad"  // continuing like this wastes time
)

// rank orders levels, the worst first.
func (l Level) rank() int { return slices.Index([]Level{Bad, Warn, OK}, l) }

// Finding is one thing about the health of a run.
type Finding struct {
	Kind   Kind   `json:"kind"`
	Level  Level  `json:"level"`
	Title  string `json:"title"`        // a few words: "Learning"
	Figure string `json:"figure"`       // the numbers that show it
	Do     string `json:"do,omitempty"` // what to do next
}

// String is the finding on one line.
func (f Finding) String() string {
	text := f.Title + ": " + f.Figure
	if f.Do != "" {
		text += "; " + f.Do
	}
	return text
}

// Check returns what the records of a run say, worst first: one verdict on
// learning and any other findings. Without records it returns nil.
func Check(records []train.Record, f Facts) []Finding {
	if len(records) == 0 {
		return nil
	}
	h := newHistory(records, f)
	findings := []Finding{h.learning()}
	for _, check := range []func() (Finding, bool){h.clip, h.starved, h.batch, h.mixture} {
		if found, ok := check(); ok {
			findings = append(findings, found)
		}
	}
	if findings[0].Kind == TooShort { // the other findings say more
		findings = append(findings[1:], findings[0])
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return a.Level.rank() - b.Level.rank() })
	return findings
}
