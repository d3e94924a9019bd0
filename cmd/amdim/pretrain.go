package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/torch"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/health"
)

// pretrain is the command's flags.
type pretrain struct {
	settings settingsFlags
	engine   engineFlags
	options  train.Options
	data     string
	list     string // file of images to leave out
	init     originFlag
	schedule []string // flags that change that of a run which is resumed
	resume   resumeFlag
	ui       string
	bad      float64 // share of unreadable images allowed
	json     bool
	page     *page // nil: none is asked for
	health   []health.Finding
	next     func() []string // commands, when the run is whole: it may look for held-out images

	join  joiner
	local int           // processes of the group on this host; 0: no group
	leave func()        // the group, once
	wait  time.Duration // how long a process of the group may keep the others waiting
	told  bool          // the others of the group learn how this process ends
}

func pretrainCommand() *cobra.Command { return pretrainCommandIn(joinGroup) }

// joiner opens the group to train in, nil for none, and returns what leaves it.
type joiner func(ctx context.Context, wait time.Duration) (engine.Group, func(), error)

// pretrainCommandIn is the command as a member of the group that join opens.
func pretrainCommandIn(join joiner) *cobra.Command {
	p := pretrain{join: join}
	c := &cobra.Command{
		Use:   "pretrain {{--preset NAME | --config FILE | --init RUN} --data SPEC | --resume} --out RUN",
		Short: "Train an encoder on unlabelled images",
		Long: `Train an encoder on unlabelled images by Augmented Multiscale Deep InfoMax.

The folder --out receives checkpoint.safetensors, metrics.jsonl and config.json.
If there are labels, they train two small classifiers beside the encoder, whose
accuracy is shown; the encoder never sees them.

--augment strong is what the paper's best results used: smaller crops, jitter
always, PCA lighting, and a policy of distortions before the crop. The paper's policy
was found by Fast AutoAugment; the default here is AutoAugment's published one.
--policy can read another from a FILE: a list of lists of [operation, probability,
level]. For randaugment, set augment.policy.n and .m with --set.

--ui serves a page that follows the run: status, health and curves. TensorBoard finds
the same curves in the folder. When the health of the run changes, a message says so
in plain words, such as "The learning rate is too high", with the figure that shows
it and what to do.

Ctrl-C or a lost connection finishes the update, writes a checkpoint and stops; nohup
trains on without its terminal. --resume continues from the last checkpoint, also
after a crash, and ends with the same bytes as a run that was never stopped.
--resume=auto is for launchers: the same command starts a run or, if there is one,
continues it. With --resume, --epochs, --lr and --set train.drops change the schedule
from there on: a run can be prolonged, or brought to its end.

--init begins with the weights of a run or an imported checkpoint in place of random
ones, and with its settings, which flags change: an encoder goes on to other images.
With --resume=auto it counts for the start alone.

Several processes train together when a launcher such as torchrun starts them:
--batch is the total over all of them, a multiple of their number, and each reads its
share. See amdim help environment.

The loss is shown beside chance, the value at which nothing has been learnt. If
it diverges or a number is not finite, lower --lr or add --set model.tclip=10.`,
		Example: `  amdim pretrain --preset photos-tiny --data folder:photos --out runs/photos
  amdim pretrain --resume --out runs/photos --ui 127.0.0.1:8080
  amdim pretrain --init runs/photos --data folder:more --out runs/more
  amdim pretrain --preset demo --data shapes --out runs/wide \
    --set model.ndf=64 --set model.n_rkhs=256`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c) },
	}
	p.settings.add(c)
	p.engine.add(c)
	p.add(c)
	return c
}

func (p *pretrain) add(c *cobra.Command) {
	f, o := c.Flags(), &p.options
	f.StringVar(&p.data, "data", "", "images: folder:DIR, shapes (generated), cifar10:DIR, …")
	f.StringVar(&p.list, "quarantine", "", "leave out the images on this list, written by amdim data check")
	f.StringVar(&o.Out, "out", "", "run folder")
	p.init.add(f)
	f.Var(&p.resume, "resume",
		"continue the run in --out with its settings and data; =auto: or start one if there is none")
	f.Lookup("resume").NoOptDefVal = string(resumeRun)
	f.BoolVar(&o.Overwrite, "overwrite", false, "delete the run in --out first")
	f.Float64Var(&o.Minutes, "minutes", 0,
		"stop early after this time (0: never); the schedule stays that of --epochs")
	f.IntVar(&o.MaxSteps, "max-steps", 0, "stop after this many updates in all (default: never)")
	f.Float64Var(&o.CheckpointMinutes, "checkpoint-minutes", 10, "time between checkpoints within an epoch")
	f.IntVar(&o.CheckpointSteps, "checkpoint-steps", 0, "updates between checkpoints (default: by time only)")
	f.IntSliceVar(&o.KeepEpochs, "keep-epochs", nil,
		"epochs to keep as epoch-N.safetensors, such as 1,2,5 (default with --resume: the run's)")
	f.IntVar(&o.LogSteps, "log-steps", 10, "updates per line of metrics.jsonl")
	f.Float64Var(&p.bad, "max-unreadable", train.MaxUnreadable,
		"share of the images that may be unreadable; a few always may, unless 0")
	f.StringVar(&p.ui, "ui", "", "serve a live page at `ADDRESS` while training, such as 127.0.0.1:8080")
	f.DurationVar(&p.wait, "group-timeout", 10*time.Minute,
		"with several processes: how long one may keep the others waiting")
	f.BoolVar(&p.json, "json", false, "print the result as JSON")
}

// run trains, as a member of a group where there is one. The others of it are
// told of an error.
func (p *pretrain) run(c *cobra.Command) error {
	if err := torch.CheckTimeout(p.wait); err != nil {
		return usagef("--group-timeout: %w", err)
	}
	group, leave, err := p.join(c.Context(), p.wait)
	if err != nil {
		return err
	}
	p.leave = leave
	defer leave()
	p.place(group)
	if !p.leads() {
		c.SetErr(io.Discard)
	}
	if err = p.begin(c); err != nil && !p.told {
		train.Agree(group, err)
	}
	if err != nil && !p.leads() {
		return rankError{group.Rank(), err}
	}
	return err
}

// onHost is a group whose processes know which of their host they are.
type onHost interface {
	LocalRank() int
	LocalSize() int
	LocalThreads() int
}

var _ onHost = (*torch.Group)(nil)

// place takes the part of the host that is this process's.
func (p *pretrain) place(group engine.Group) {
	p.options.Group = group
	if g, ok := group.(onHost); ok {
		p.local = g.LocalSize()
		p.engine.local, p.engine.share = g.LocalRank(), g.LocalThreads()
	}
}

// leads reports whether this process keeps the run and speaks of it.
func (p *pretrain) leads() bool { return p.options.Group == nil || p.options.Group.Rank() == 0 }

func (p *pretrain) begin(c *cobra.Command) error {
	task, err := p.prepare(c)
	if err != nil {
		return err
	}
	if p.leads() {
		if p.page, err = openPage(p.ui, p.options.Out, c.ErrOrStderr()); err != nil {
			return err
		}
	}
	err = p.learn(c, task)
	p.page.close(err)
	return err
}

// learn trains and says what came of it.
func (p *pretrain) learn(c *cobra.Command, task train.Task) error {
	result, err := p.fit(c, task)
	if errors.Is(err, context.Canceled) {
		if result.Steps == 0 {
			return stoppedError{"stopped before training began: nothing was written"}
		}
		return stoppedError{fmt.Sprintf("stopped after update %d of %d; to continue: %s",
			result.Step, result.Steps, p.again())}
	}
	if err != nil || !p.leads() {
		return smallerBatch(lost(diverged(err)), task.Train.Batch)
	}
	p.leave() // the others need not wait for what follows
	var stopped error
	if mixture.CanSegment(task.Model) == nil && result.Step == result.Steps {
		stopped = p.prepareSegment(c, task)
	}
	if err := p.report(c, result); err != nil {
		return err
	}
	return stopped
}

// reading says how images are held where other processes share the memory of the host.
func (p *pretrain) reading(settings config.Config) data.Options {
	r := settings.Reading()
	r.Memory /= int64(max(1, p.local))
	return r
}

// fit opens engine and images, and trains.
func (p *pretrain) fit(c *cobra.Command, task train.Task) (train.Result, error) {
	settings, err := config.Parse(task.Settings)
	if err != nil {
		return train.Result{}, err
	}
	e, closeEngine, err := p.engine.open(settings.Precision)
	if err != nil {
		return train.Result{}, err
	}
	defer closeEngine()
	task.Engine = e
	reading := p.reading(settings).Until(c.Context())
	if task.Data, err = data.Open(task.DataSpec, data.Pretrain, reading); err != nil {
		if p.data == "" { // the spec is the checkpoint's
			err = fmt.Errorf("%w; use --data to say where they are now", err)
		}
		return train.Result{}, err
	}
	boundGarbageOf(task.Data)
	images := task.Data // those of a list included
	p.next = func() []string {
		return following(c.Context(), p.options.Out, task.DataSpec, images, mixture.CanSegment(task.Model) == nil)
	}
	if p.list != "" {
		if err := task.LeaveOut(p.list); err != nil {
			return train.Result{}, err
		}
	}
	return p.train(c, task)
}

// prepare does what can be refused before images are read.
func (p *pretrain) prepare(c *cobra.Command) (train.Task, error) {
	if err := p.init.check(c); err != nil {
		return train.Task{}, err
	}
	s, err := p.stand()
	if err != nil {
		return train.Task{}, err
	}
	stored := s.Meta
	settings, err := p.configuration(c, s)
	if err != nil {
		return train.Task{}, err
	}
	switch {
	case !(p.bad >= 0):
		return train.Task{}, usagef("--max-unreadable %g: need a share from 0 to 1", p.bad)
	case p.options.LogSteps < 1:
		return train.Task{}, usagef("--log-steps %d: need at least 1", p.options.LogSteps)
	case p.options.CheckpointMinutes == 0:
		return train.Task{}, usagef("--checkpoint-minutes 0: need more than 0")
	}
	if p.options.MaxUnreadable = p.bad; p.bad == 0 {
		p.options.MaxUnreadable = -1 // none
	}
	if err := p.options.Validate(settings.Train.Epochs); err != nil {
		return train.Task{}, usageError{err}
	}
	spec := cmp.Or(p.data, stored.Data.Spec)
	if stored.Format > 0 && stored.Data.Images == 0 {
		return train.Task{}, usagef("--resume: %s was imported, without the images, their order and the moments "+
			"to go on from: use --init %[1]s and another --out", p.options.Out)
	}
	if spec == "" {
		return train.Task{}, usagef("--data is missing: name images, such as folder:DIR, shapes or cifar10:DIR")
	}
	if err := p.findList(stored.Data); err != nil {
		return train.Task{}, err
	}
	p.options.Threads, p.options.Command = p.engine.onProcessor(), commandLine()
	task := settings.Task(spec)
	task.Init = string(p.init)
	return task, nil
}

// findList takes the list that a run to be resumed keeps, unless a flag names one.
func (p *pretrain) findList(stored checkpoint.Data) (err error) {
	if p.list != "" {
		return nil
	}
	if p.list, err = train.KeptQuarantine(p.options.Out, stored); err != nil {
		return fmt.Errorf("%w; name the list with --quarantine FILE", err)
	}
	return nil
}

func (p *pretrain) checkFolder() error {
	err := train.CheckFolder(p.options)
	switch {
	case errors.Is(err, train.ErrExists):
		return usagef("%w: --resume continues it, --overwrite deletes it, or choose another --out", err)
	case errors.Is(err, train.ErrResults):
		return usagef("%w: --overwrite deletes them, or choose another --out", err)
	case errors.Is(err, train.ErrNoneThere):
		return usagef("%w: start one without --resume", err)
	}
	return err
}

func (p *pretrain) train(c *cobra.Command, task train.Task) (train.Result, error) {
	if p.told = true; !p.leads() {
		result, err := train.Run(c.Context(), task, p.options)
		return result, p.tooManyUnreadable(err)
	}
	w := newWatch(task, p.options.Out, c.ErrOrStderr(), p.page)
	defer w.close()
	m := task.Model
	o := p.options
	about := fmt.Sprintf("%d px %d/%d/%d on %d images of %s, %s",
		m.Px, m.NDF, m.NRKHS, m.NDepth, task.Data.Len(), task.DataSpec, task.Engine.Name())
	if task.Init != "" && !o.Resume {
		about += ", from the weights of " + task.Init
	}
	w.follow(&o, about)
	if err := mixture.CanSegment(m); errors.Is(err, mixture.ErrNoLocations) {
		w.bar.say("note: the model cannot segment: %v", unsegmented(err))
	}
	bad := noteBad{say: w.bar.say}
	bad.follow(&o)
	result, err := train.Run(c.Context(), task, o)
	bad.finish(train.UnreadablePath(o.Out))
	p.health = w.health.Current()
	return result, diskFull(p.tooManyUnreadable(err), o.Out, p.again())
}

// again is the command that goes on with the run as this one did.
func (p *pretrain) again() string { return p.allowing(p.options.MaxUnreadable) }

// allowing is again with another share of unreadable images, which no checkpoint holds.
func (p *pretrain) allowing(unreadable float64) string {
	words := append(p.engine.words(), p.schedule...)
	if unreadable != 0 && unreadable != train.MaxUnreadable {
		words = append(words, "--max-unreadable", fmt.Sprint(max(0, unreadable)))
	}
	return resuming(p.options.Out, words...)
}

// pretrainResult is what --json prints.
type pretrainResult struct {
	Checkpoint string       `json:"checkpoint"`
	Step       int          `json:"step"`
	Steps      int          `json:"steps"` // fewer were made when an option stopped the run
	Latest     train.Record `json:"latest"`

	Health []health.Finding `json:"health"` // worst first
}

func (p *pretrain) report(c *cobra.Command, r train.Result) error {
	if p.json {
		result := pretrainResult{r.Checkpoint, r.Step, r.Steps, r.Latest, p.health}
		return json.NewEncoder(c.OutOrStdout()).Encode(result)
	}
	fmt.Fprintf(c.OutOrStdout(), "%d of %d updates, %s: %s\n", r.Step, r.Steps, summary(r.Latest), r.Checkpoint)
	if r.Step < r.Steps {
		return sayNext(c, p.again())
	}
	return sayNext(c, p.next()...)
}
