package amdim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
)

// PretrainConfig says what to train, on what, and where to keep it.
type PretrainConfig struct {
	Preset string   // of config.Presets: "photos-tiny", "photos-small", …
	Set    []string // settings that override the preset's, or the checkpoint's: "train.epochs=20"
	Out    string   // run folder: Open reads it, and so does every verb of the command

	// Data is the spec of the images, such as "folder:DIR" or "shapes"; empty: those of the run that
	// Resume continues. To learn from a [data.Dataset] of your own, which no spec names, use
	// [train.Run].
	Data string

	// Init is a run folder or checkpoint whose weights a new run begins with; empty: random ones.
	// Preset may be empty with Init and when Resume continues a run: the settings are then those of
	// the checkpoint.
	Init string

	// Quarantine is a file that lists images to leave out, as amdim data check --quarantine writes;
	// empty: none or, when Resume continues a run, the list that the run keeps.
	Quarantine string

	// Resume continues the run in Out if [train.Begun] finds one there, and otherwise begins one. A
	// run that is continued ends in the same bytes as an uninterrupted one. The Resume of
	// [train.Options] differs: it never begins a run.
	Resume bool

	Overwrite bool // delete the run in Out first; not with Resume
	MaxSteps  int  // stop after this many updates; 0: at the end of the epochs
	Threads   int  // 0: one per core

	MaxUnreadable float64 // share of the images that may be unreadable: see train.Options

	// Callbacks, each of which may be nil. OnStep is called after every update, OnRecord after every
	// line of the run's metrics, OnUnreadable once for each image that cannot be read. OnNotice
	// receives what a user should know and no error says, such as what Init lacks; log.Printf will
	// do.
	OnStep       func(Status)
	OnRecord     func(Record)
	OnUnreadable func(name string, err error)
	OnNotice     func(format string, args ...any)

	Engine engine.Engine // what computes, such as engine/torch; nil: the CPU, in the preset's precision
}

// Record is a line of the run's metrics, losses, probes and speed: see [train.Record].
type Record = train.Record

// Status is where a run stands: see [train.Status].
type Status = train.Status

// PretrainResult says how far a run came and where its checkpoint is: see [train.Result].
type PretrainResult = train.Result

// Pretrain trains an encoder on images without labels. A mixture that can segment and is trained
// to the end is also prepared for Segment.
//
// When ctx is done after training began, Pretrain writes a checkpoint and returns an error that
// wraps that of ctx. The same call with Resume continues. Other settings or images are then an
// error, except that Set may change train.epochs, train.lr and train.drops from there on.
//
// Images that cannot be read are listed in the run folder. Other errors:
//
//   - ErrNoneThere is wrapped if there is no run to resume and neither Data nor settings to begin
//     one;
//   - ErrExists, if the folder holds a run, without Resume or Overwrite;
//   - ErrUnreadable, if too many images cannot be read;
//   - *engine.NonFiniteError, if a loss or gradient is not finite.
//
// To train one encoder with several processes, use package train with Options.Group.
func Pretrain(ctx context.Context, c PretrainConfig) (PretrainResult, error) {
	result, err := c.pretrain(ctx)
	if err != nil {
		err = fmt.Errorf("amdim: pretrain: %w", err)
	}
	return result, err
}

func (c PretrainConfig) pretrain(ctx context.Context) (PretrainResult, error) {
	o := train.Options{
		Out: c.Out, Resume: c.Resume && train.Begun(c.Out), Overwrite: c.Overwrite,
		MaxSteps: c.MaxSteps, Threads: c.Threads, MaxUnreadable: c.MaxUnreadable,
		OnStep: c.OnStep, OnRecord: c.OnRecord, OnUnreadable: c.OnUnreadable, OnNotice: c.OnNotice,
	}
	was, err := c.complete(o)
	if err != nil {
		return PretrainResult{}, err
	}
	settings, err := c.settings(was)
	if err != nil {
		return PretrainResult{}, err
	}
	images, err := data.Open(c.Data, data.Pretrain, settings.Reading().Until(ctx))
	if err != nil {
		return PretrainResult{}, err
	}
	e := c.Engine
	if e == nil {
		processor, err := cpu.New(cpu.Config{Precision: settings.Precision, Threads: c.Threads})
		if err != nil {
			return PretrainResult{}, err
		}
		defer processor.Close()
		e = processor
	}
	task := settings.Task(c.Data)
	task.Data, task.Engine, task.Init = images, e, c.Init
	if c.Quarantine != "" {
		if err := task.LeaveOut(c.Quarantine); err != nil {
			return PretrainResult{}, err
		}
	}
	result, err := train.Run(ctx, task, o)
	if err != nil || result.Step < result.Steps || mixture.CanSegment(settings.Model) != nil {
		return result, err
	}
	if err := prepareRun(ctx, c.Out, Options{Threads: c.Threads, Engine: e}); err != nil {
		return result, fmt.Errorf("the run is finished, and not prepared to segment: %w", err)
	}
	return result, nil
}

// prepareRun keeps what a finished mixture needs to segment while its images are at hand.
func prepareRun(ctx context.Context, run string, o Options) error {
	var lost error
	o.Note = func(what string) { lost = errors.New(what) }
	m, err := Open(run, o)
	if err != nil {
		return err
	}
	defer m.Close()
	err = m.PrepareSegment(ctx)
	return cmp.Or(err, lost) // not in one expression: the call sets lost
}

// complete returns the settings of the run to continue, nil where one is begun, and an error
// that names a field which is missing.
func (c *PretrainConfig) complete(o train.Options) (was *config.Config, err error) {
	if c.Out == "" {
		return nil, errors.New("no Out: name a folder for the run")
	}
	if c.Resume && c.Overwrite {
		return nil, errors.New("both Resume and Overwrite: choose one")
	}
	if err := train.CheckFolder(o); err != nil {
		return nil, err
	}
	if o.Resume {
		if was, err = c.goOn(); err != nil {
			return nil, err
		}
	}
	err = c.lacks(o.Resume)
	if err != nil && c.Resume && !o.Resume {
		err = fmt.Errorf("resume %s: %w; to begin one: %w", c.Out, ErrNoneThere, err)
	}
	return was, err
}

// goOn takes from the run to continue what is not named, its images and the list of those
// that it leaves out, and returns its settings.
func (c *PretrainConfig) goOn() (*config.Config, error) {
	was, m, err := config.Stored(train.CheckpointPath(c.Out))
	if err != nil {
		return nil, err
	}
	if c.Init != "" && m.Init == nil {
		return nil, fmt.Errorf("resume %s: the run began with random weights, not with those of %s", c.Out, c.Init)
	}
	c.Data = cmp.Or(c.Data, m.Data.Spec)
	if c.Quarantine == "" {
		if c.Quarantine, err = train.KeptQuarantine(c.Out, m.Data); err != nil {
			return nil, fmt.Errorf("%w; name the list in Quarantine", err)
		}
	}
	return &was, nil
}

// lacks is an error that names what a run needs and the configuration does not say; one that
// is resumed has its own settings.
func (c PretrainConfig) lacks(resumed bool) error {
	switch {
	case c.Data == "":
		return errors.New("no Data: name images, such as folder:DIR")
	case c.Preset == "" && c.Init == "" && !resumed:
		return fmt.Errorf("no Preset and no Init: name one of %s, or a run to begin with",
			strings.Join(config.Presets(), ", "))
	}
	return nil
}

// settings are those that Set makes. They must be those of the run to continue, unless was
// is nil, but for a schedule that Set changes.
func (c PretrainConfig) settings(was *config.Config) (config.Config, error) {
	settings, err := c.base(was)
	if err != nil {
		return settings, err
	}
	for _, assignment := range c.Set {
		if err := settings.Set(assignment); err != nil {
			return settings, fmt.Errorf("set %s: %w", assignment, err)
		}
	}
	if err := settings.Validate(); err != nil || was == nil {
		return settings, err
	}
	asked := func(key string) bool {
		return slices.ContainsFunc(c.Set, func(text string) bool { return config.Assigns(text, key) })
	}
	if err := config.CheckResume(*was, settings, asked); err != nil {
		return settings, fmt.Errorf("resume %s: %w", c.Out, err)
	}
	return settings, nil
}

// base is the configuration that Set changes.
func (c PretrainConfig) base(was *config.Config) (config.Config, error) {
	switch {
	case c.Preset != "":
		return config.Preset(c.Preset)
	case was != nil:
		return *was, nil
	}
	path, err := train.CheckpointOf(c.Init)
	if err != nil {
		return config.Config{}, err
	}
	settings, _, err := config.Stored(path)
	return settings, err
}
