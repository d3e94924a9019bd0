package train

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/model"
)

// Task is what a run computes: everything here affects its numbers.
type Task struct {
	Model   model.Config
	Augment augment.Config
	Train   Config

	// Settings is the caller's whole configuration, a JSON object, which each checkpoint stores.
	// amdim.Open and the command need one of config.Config with this Model, Augment and Train;
	// config.Config.Task sets all four. Run compares as much of it as it can read as a
	// config.Config.
	Settings json.RawMessage

	Data     data.Dataset
	DataSpec string // what Data was opened from or, of your own set, its name: stored in each checkpoint
	Engine   engine.Engine

	// Init is a run folder or checkpoint whose weights a new run begins with; empty: weights are
	// drawn from the seed. A run that is resumed keeps its own.
	Init string

	// Quarantine is the list of images left out of Data, which the run keeps in its folder; nil:
	// none. LeaveOut sets it.
	Quarantine *data.Quarantine
}

// Options says how a run is kept and watched. Of it only Group affects the numbers of the run, by
// rounding.
type Options struct {
	Out string // run folder

	// Resume continues the run in Out with its images, seed and settings. Only the schedule may
	// differ (Train.Epochs, LR and Drops): it then applies from there on. Any other difference is an
	// error; settings that Run cannot read, see Task.Settings, are the caller's to compare. If the
	// folder has no run, the error is ErrNoneThere. To continue a run if there is one and begin one
	// otherwise, as the Resume of amdim.PretrainConfig does, set Resume to [Begun] of Out.
	Resume bool

	Overwrite bool   // delete the run in Out first
	Command   string // the command line, noted in the folder; empty: not noted

	Minutes  float64 // stop after this time; 0: never
	MaxSteps int     // stop after this many updates; 0: never

	CheckpointMinutes float64 // between checkpoints within an epoch; 0: 10
	CheckpointSteps   int     // updates between checkpoints; 0: only by time

	// KeepEpochs are the epochs after which the checkpoint is also kept as epoch-N.safetensors; nil:
	// none or, for a run that is resumed, those that it had.
	KeepEpochs []int

	// MaxUnreadable is the share of the images that may be unreadable before the run stops; 0: the
	// constant of that name, below 0: none. In a small folder a few always may be: see
	// AllowedUnreadable. A run that is resumed after such a stop tries these images again.
	MaxUnreadable float64

	// Group is the group of processes that make the run together, each with the same Task; nil: this
	// process alone. The batch and the result are those of all processes. The first process, rank 0,
	// decides by its options, writes the folder, which the others need not see, and makes the
	// callbacks; only OnStep is called in all.
	Group engine.Group

	LogSteps int // updates between records; 0: 10
	Threads  int // for the loader and the random draws; 0: GOMAXPROCS

	OnStart  func(Status)                          // before the first update
	OnStep   func(Status)                          // after every update
	OnEpoch  func(epoch int, s engine.State) error // after every epoch, counted from 1; must not change s
	OnRecord func(Record)                          // after every line of metrics.jsonl
	OnNotice func(format string, args ...any)      // what a user should know and no error tells them

	// OnUnreadable is called once for each image that cannot be read, before the
	// next update. Those met before a resume are not reported again.
	OnUnreadable func(name string, err error)
}

// Status is where a run stands.
type Status struct {
	Step   int    `json:"step"`   // updates made
	Steps  int    `json:"steps"`  // in all epochs
	Until  int    `json:"until"`  // updates at which the run will stop: Steps, or fewer with MaxSteps
	Epoch  int    `json:"epoch"`  // in progress, from 1
	Epochs int    `json:"epochs"` // in all
	Since  int    `json:"since"`  // updates made when the run took its present schedule; 0: it has no other
	Warmup int    `json:"warmup"` // updates of warm-up, of its first schedule
	Latest Record `json:"latest"` // zero before the first

	Left time.Duration `json:"left_ns"` // until Minutes are over; 0: no time limit
}

func (o *Options) setDefaults() {
	if o.CheckpointMinutes == 0 {
		o.CheckpointMinutes = 10
	}
	if o.LogSteps == 0 {
		o.LogSteps = 10
	}
	if o.MaxUnreadable == 0 {
		o.MaxUnreadable = MaxUnreadable
	}
	o.MaxUnreadable = max(o.MaxUnreadable, 0)
	if o.OnUnreadable == nil {
		o.OnUnreadable = func(string, error) {}
	}
	if o.OnStart == nil {
		o.OnStart = func(Status) {}
	}
	if o.OnStep == nil {
		o.OnStep = func(Status) {}
	}
	if o.OnEpoch == nil {
		o.OnEpoch = func(int, engine.State) error { return nil }
	}
	if o.OnRecord == nil {
		o.OnRecord = func(Record) {}
	}
	if o.OnNotice == nil {
		o.OnNotice = func(string, ...any) {}
	}
}

// Validate returns an error that names the first option out of range.
func (o Options) Validate(epochs int) error {
	switch {
	case o.Out == "":
		return fmt.Errorf("train: no run folder")
	case o.Resume && o.Overwrite:
		return fmt.Errorf("train: resume and overwrite cannot be combined")
	case !(o.Minutes >= 0):
		return fmt.Errorf("train: minutes = %g, need at least 0", o.Minutes)
	case o.MaxSteps < 0:
		return fmt.Errorf("train: max steps = %d, need at least 0", o.MaxSteps)
	case !(o.CheckpointMinutes >= 0):
		return fmt.Errorf("train: checkpoint minutes = %g, need at least 0", o.CheckpointMinutes)
	case o.CheckpointSteps < 0:
		return fmt.Errorf("train: checkpoint steps = %d, need at least 0", o.CheckpointSteps)
	case !(o.MaxUnreadable <= 1):
		return fmt.Errorf("train: max unreadable = %g, need a share of the images, at most 1", o.MaxUnreadable)
	case o.LogSteps < 0:
		return fmt.Errorf("train: log steps = %d, need at least 0", o.LogSteps)
	}
	if err := parallel.CheckThreads(o.Threads); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if i := slices.IndexFunc(o.KeepEpochs, func(e int) bool { return e < 1 || e > epochs }); i >= 0 {
		return fmt.Errorf("train: keep epoch %d, the run has epochs 1 to %d", o.KeepEpochs[i], epochs)
	}
	return nil
}

// minutes is m minutes as a duration; 0 is in effect never.
func minutes(m float64) time.Duration {
	if m == 0 {
		return 1<<63 - 1
	}
	return time.Duration(min(m*float64(time.Minute), 1<<62))
}
