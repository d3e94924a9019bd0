package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// Result says how far a run got.
type Result struct {
	Status
	Checkpoint string // path of the last one
}

// Run pretrains an encoder until its epochs are complete, an option stops it early, or ctx is
// done. It then writes a checkpoint of the last update; if ctx was the reason, the error wraps
// ctx.Err(). After the checkpoint Run waits for the images that are still being read. If a number
// is not finite, the error wraps an *engine.NonFiniteError and the previous checkpoint stays.
//
// The processes of a group begin, stop and fail together. An error in one before the first update,
// a ctx that is done, and images that one cannot read end all of them after the same update. If
// one process is lost, Run returns an error in the others and the previous checkpoint stays.
func Run(ctx context.Context, t Task, o Options) (Result, error) {
	o.setDefaults()
	if err := Agree(o.Group, t.mayRun(o)); err != nil {
		return Result{}, err
	}
	if err := t.agrees(o.members()); err != nil {
		return Result{}, err
	}
	r, err := newRun(t, o)
	if err == nil {
		defer r.close()
		err = ctx.Err()
	}
	if err := Agree(o.Group, err); err != nil { // before an old run is overwritten
		return Result{}, err
	}
	if err := Agree(o.Group, r.start()); err != nil {
		return Result{}, err
	}
	if err := r.share(); err != nil {
		return Result{}, err
	}
	if err := r.retry(ctx); err != nil {
		return Result{}, err
	}
	err = r.loop(ctx)
	return Result{r.status(), CheckpointPath(o.Out)}, err
}

// mayRun returns an error if the task or the options are not valid.
func (t Task) mayRun(o Options) error {
	if err := t.given(); err != nil {
		return err
	}
	if err := t.Validate(); err != nil {
		return err
	}
	if err := t.checkSettings(); err != nil {
		return err
	}
	if err := o.Validate(t.Train.Epochs); err != nil {
		return err
	}
	const least = 2 // images per process: the loss needs several
	if n := o.members().Size(); n > 1 && (t.Train.Batch%n != 0 || t.Train.Batch/n < least) {
		return fmt.Errorf("train: batch = %d does not divide among %d processes, at least %d images each: "+
			"choose a multiple of %d, such as %d", t.Train.Batch, n, least, n, n*max(t.Train.Batch/n+1, least))
	}
	if o.leads() {
		if err := CheckFolder(o); err != nil {
			return err
		}
		if t.Init != "" && !o.Resume {
			if err := t.checkInit(o); err != nil {
				return err
			}
		}
	}
	return t.filled(o)
}

// run is a Task in progress.
type run struct {
	Task
	Options
	all           engine.Group    // one process where Options.Group is nil
	data          checkpoint.Data // a note on Task.Data, whose digest may take long to compute
	stepsPerEpoch int
	schedule      optim.Schedule
	program       *graph.Program // bound
	state         engine.State
	exec          engine.Exec
	pool          *parallel.Pool
	inputs        *inputs
	out           []tensor.Tensor

	step    int // updates made
	began   time.Time
	saved   int // step of the last checkpoint; −1: there is none
	savedAt time.Time
	saving  time.Duration // how long the last checkpoint took
	metrics *metrics
	bad     *unreadable
	folder  *os.File // locked while the run is in progress
	window  *window
	latest  Record

	earlier []checkpoint.Schedule // before that of Train, the first one first
	since   int                   // updates made when that of Train began
	origin  *checkpoint.Origin    // of the weights that the run began with; nil: its seed
}

// given returns an error that names what a run cannot begin without.
func (t Task) given() error {
	switch {
	case t.Data == nil:
		return errors.New("train: Task.Data is nil: set it to the images, such as data.Open returns")
	case t.Engine == nil:
		return errors.New("train: Task.Engine is nil: set it to what computes, such as cpu.New returns")
	}
	return nil
}

// Validate checks the settings and that they fit together.
func (t Task) Validate() error {
	for _, part := range []interface{ Validate() error }{t.Model, t.Augment, t.Train} {
		if err := part.Validate(); err != nil {
			return err
		}
	}
	if t.Augment.Size != t.Model.Px {
		return fmt.Errorf("train: views of %d pixels for an encoder of %d", t.Augment.Size, t.Model.Px)
	}
	return nil
}

// filled returns an error if the images do not fill a batch. For a run that is
// resumed, the reason may be that they are not its images.
func (t Task) filled(o Options) error {
	n := t.Data.Len()
	if n >= t.Train.Batch {
		return nil
	}
	if o.Resume && o.leads() {
		if err := t.sameData(o.Out); err != nil {
			return err
		}
	}
	if least := 2; n < least {
		return fmt.Errorf("train: %s has %s, training needs at least %d images: add some",
			t.DataSpec, spelling.Count(n, "image"), least)
	}
	return fmt.Errorf("train: %w", &BatchError{t.DataSpec, n, t.Train.Batch})
}

// newRun compiles the training step; nothing is written yet.
func newRun(t Task, o Options) (*run, error) {
	r := &run{
		Task: t, Options: o, all: o.members(), stepsPerEpoch: t.Data.Len() / t.Train.Batch, began: time.Now(),
		data: t.dataNote(), saved: -1, bad: newUnreadable(t, o),
	}
	if r.data.Digest == "" {
		return nil, errNoDigest
	}
	r.schedule = optim.Scale(t.Train.LR, t.Train.Epochs, r.stepsPerEpoch, t.Train.Drops)
	var err error
	rows := 2 * t.Train.Batch / r.all.Size()
	if r.program, err = t.Model.Pretrain(len(t.Data.Classes())).Bind(rows, 0, 0); err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	kept := engine.Options{Adam: t.Train.Adam, Group: o.Group}
	r.state, err = t.Engine.NewState(graph.Variables(r.program), kept)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	if r.exec, err = r.state.Compile(r.program); err != nil {
		r.state.Close()
		return nil, fmt.Errorf("train: %w", err)
	}
	r.pool = parallel.New(o.Threads)
	r.inputs = newInputs(r.program, t.Train.Seed, r.pool)
	r.out = engine.Outputs(r.program)
	return r, nil
}

func (r *run) close() {
	r.exec.Close()
	r.state.Close()
	r.pool.Close()
	if r.metrics != nil {
		r.metrics.close()
	}
	if r.folder != nil {
		r.folder.Close()
	}
}

func (r *run) steps() int { return r.Train.Epochs * r.stepsPerEpoch }

// until is the update at which the run stops unless time runs out first.
func (r *run) until() int {
	if r.MaxSteps > 0 {
		return min(r.steps(), max(r.step, r.MaxSteps))
	}
	return r.steps()
}

func (r *run) status() Status {
	s := Status{
		Step: r.step, Steps: r.steps(), Until: r.until(), Epochs: r.Train.Epochs, Latest: r.latest,
		Since: r.since, Warmup: r.schedule.Warmup,
		Epoch: min(r.step/r.stepsPerEpoch+1, r.Train.Epochs),
	}
	if r.Minutes > 0 {
		s.Left = max(1, minutes(r.Minutes)-time.Since(r.began))
	}
	return s
}

// cursor is the place of the next batch.
func (r *run) cursor() data.Cursor {
	return data.Cursor{Epoch: r.step / r.stepsPerEpoch, Step: r.step % r.stepsPerEpoch}
}

// loop makes updates until there is a reason to stop.
func (r *run) loop(ctx context.Context) error {
	loader, err := data.NewLoader(ctx, r.Data, data.LoaderConfig{
		Batch: r.Train.Batch, Size: r.Model.Px, Views: 2, Seed: r.Train.Seed,
		Start: r.cursor(), Share: data.Share{Rank: r.all.Rank(), Of: r.all.Size()},
		Workers: r.Threads, Unreadable: r.bad.add,
	}, r.newFill)
	if err != nil {
		return fmt.Errorf("train: %w", err)
	}
	defer loader.Close()
	if r.leads() {
		r.OnStart(r.status())
	}
	err = r.updates(ctx, newFeed(loader, r.inputs, r.exec))
	var nonFinite *engine.NonFiniteError
	if errors.As(err, &nonFinite) {
		return fmt.Errorf("train: stopped before update %d: %w; %s", r.step+1, err, r.held())
	}
	if isLost(err) {
		return err
	}
	if err == nil {
		err = ctx.Err()
	}
	saved := r.recordRest(loader)
	if saved == nil {
		saved = r.save()
	}
	switch {
	case err == nil || saved != nil && engine.IsStop(err): // a stop that was not saved does not count
		return saved
	case saved == nil || saved.Error() == err.Error(): // the disk is full for both
		return fmt.Errorf("train: stopped after update %d: %w", r.step, err)
	}
	return fmt.Errorf("train: stopped after update %d: %w; then %w", r.step, err, saved)
}

// updates makes updates until the processes decide to stop.
func (r *run) updates(ctx context.Context, f *feed) error {
	defer f.close()
	var kept error // from this process's work after the last update
	for {
		b, err := r.await(ctx, f, kept)
		stop, err := r.decide(b, err)
		if stop {
			if b != nil {
				b.Release()
			}
			return err
		}
		lr := r.schedule.At(r.step, b.Epoch)
		f.announce()
		stats, err := r.exec.Step(b.in, r.out, float32(lr))
		b.Release()
		if err != nil {
			return r.bad.unlisted(r.broken(err))
		}
		r.step++
		if r.leads() {
			kept = r.keep(f.loader, stats, lr)
		}
		r.OnStep(r.status())
	}
}

// stops reports whether enough updates are made or enough time has passed.
func (r *run) stops() bool {
	return r.step >= r.until() || time.Since(r.began) >= minutes(r.Minutes)
}

// keep does what is due after an update.
func (r *run) keep(loader *data.Loader, stats engine.StepStats, lr float64) error {
	r.window.add(r.out, stats, lr)
	epochEnds := r.step%r.stepsPerEpoch == 0
	if epochEnds || r.step%r.LogSteps == 0 {
		if err := r.record(loader); err != nil {
			return err
		}
	}
	// No kept epoch is later than the checkpoint, from which a run goes on after a full disk.
	if keeps := epochEnds && slices.Contains(r.KeepEpochs, r.step/r.stepsPerEpoch); keeps || r.due(epochEnds) {
		if err := r.save(); err != nil {
			return err
		}
	}
	if epochEnds {
		if err := r.endEpoch(r.step / r.stepsPerEpoch); err != nil {
			return err
		}
	}
	return r.bad.failed
}

// record writes a line of the updates since the last one.
func (r *run) record(loader *data.Loader) error {
	f1 := r.out[r.program.Output("f1")]
	r.latest = r.window.record(r.step, r.stepsPerEpoch, f1, loader.WaitShare())
	if err := r.metrics.write(r.latest); err != nil {
		return err
	}
	r.OnRecord(r.latest)
	return nil
}

// recordRest records the updates, and their time, that a stop would otherwise leave
// unrecorded.
func (r *run) recordRest(loader *data.Loader) error {
	if !r.leads() || r.window.steps == 0 {
		return nil
	}
	return r.record(loader)
}

// A checkpoint is replaced at the end of an epoch once it is this old, and this many times
// older than it took to write: with few images, an epoch takes less time than the disk.
const (
	shortEpoch = 10 * time.Second
	rarely     = 20 // at most 5 % of the time
)

// due reports whether it is time for a checkpoint.
func (r *run) due(epochEnds bool) bool {
	age := time.Since(r.savedAt)
	return r.CheckpointSteps > 0 && r.step%r.CheckpointSteps == 0 ||
		age >= minutes(r.CheckpointMinutes) || epochEnds && age >= max(shortEpoch, rarely*r.saving)
}

func (r *run) endEpoch(epoch int) error {
	if slices.Contains(r.KeepEpochs, epoch) {
		if err := r.keepEpoch(epoch); err != nil {
			return err
		}
	}
	return r.OnEpoch(epoch, r.state)
}

// newFill returns a function that makes the two views of an image, with scratch
// memory for one worker.
func (r *run) newFill() data.Fill {
	var s augment.Scratch
	return func(img tensor.Image, epoch, index int, views [][]uint8) {
		r.Augment.Views(views[0], views[1], img, r.Train.Seed, epoch, index, &s)
	}
}
