package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/spelling"
	"github.com/amdim/amdim/model"
)

// start brings the run to its first update. The first process has the folder; share
// brings the others level with it.
func (r *run) start() error {
	if !r.leads() {
		return r.begin()
	}
	var err error
	if r.folder, err = occupy(r.Options); err != nil {
		return err
	}
	if r.Resume {
		err = r.restore()
	} else {
		err = r.begin()
	}
	if err != nil {
		return err
	}
	return r.open()
}

// begin sets the first weights. Those of another run are read by the first process.
func (r *run) begin() error {
	if err := model.Initialize(r.program.Vars, r.Train.Seed, r.state.Set); err != nil {
		return fmt.Errorf("train: %w", err)
	}
	if r.Init == "" || !r.leads() {
		return nil
	}
	if err := r.adopt(); err != nil {
		return fmt.Errorf("train: begin with %s: %w", r.Init, err)
	}
	return nil
}

// open begins to write the folder. A fresh run is saved before anything is learnt, so
// that it can be resumed from any moment.
func (r *run) open() (err error) {
	if err := prepare(r.Options, r.Settings); err != nil {
		return err
	}
	if err := r.keepQuarantine(r.Out); err != nil {
		return err
	}
	if r.metrics, r.latest, err = openMetrics(MetricsPath(r.Out), r.step); err != nil {
		return err
	}
	if was, is := max(r.latest.World, 1), r.all.Size(); r.latest.Step > 0 && was != is {
		r.OnNotice("the run was made in %s and continues in %d: its numbers will differ in rounding",
			spelling.CountOf(was, "process", "processes"), is)
	}
	if err := r.bad.open(r.OnUnreadable); err != nil {
		return err
	}
	r.window = newWindow(r.program, r.Model.Tasks(), r.Train.Batch, r.latest.Seconds, r.pool)
	r.window.world = r.all.Size()
	r.savedAt = time.Now()
	if err := r.keepMissed(); err != nil {
		return err
	}
	return r.save()
}

// keepMissed keeps the state of an epoch that ended with the last checkpoint if a
// kill or a full disk prevented that. For earlier ones it is too late.
func (r *run) keepMissed() error {
	var lost, beyond []string
	for _, epoch := range r.KeepEpochs {
		_, err := os.Stat(EpochPath(r.Out, epoch))
		switch end := epoch * r.stepsPerEpoch; {
		case epoch > r.Train.Epochs: // the schedule was longer
			beyond = append(beyond, strconv.Itoa(epoch))
		case err == nil || end > r.step:
		case end == r.step:
			if err := r.keepEpoch(epoch); err != nil {
				return err
			}
		default:
			lost = append(lost, strconv.Itoa(epoch))
		}
	}
	if lost != nil {
		r.OnNotice("epoch %s was not kept, and the run is past it", strings.Join(lost, ", "))
	}
	if beyond != nil {
		r.OnNotice("epoch %s will not be kept: the run has %s",
			strings.Join(beyond, ", "), spelling.Count(r.Train.Epochs, "epoch"))
	}
	return nil
}

// restore sets the state from the checkpoint.
func (r *run) restore() error {
	c, err := checkpoint.Open(CheckpointPath(r.Out))
	if err != nil {
		return err
	}
	defer c.Close()
	m, err := c.Run()
	if err != nil {
		return err
	}
	if err := r.fits(m); err != nil {
		return fmt.Errorf("train: resume %s: %w", r.Out, err)
	}
	if m.Engine != r.Engine.Name() {
		r.OnNotice("the run was made by engine %q and continues with %q: its numbers will differ in rounding",
			m.Engine, r.Engine.Name())
	}
	if code := checkpoint.CodeVersion(); m.Code != code {
		r.OnNotice("the run was made by code %s and continues with %s", m.Code, code)
	}
	r.step, r.saved, r.origin = m.Step, m.Step, m.Init
	if err := r.follow(m); err != nil {
		return fmt.Errorf("train: resume %s: %w", r.Out, err)
	}
	if r.KeepEpochs == nil {
		r.KeepEpochs = m.KeepEpochs
	}
	return c.Restore(checkpoint.Finite(r.state))
}

// fits returns an error if the task is not that of the checkpoint.
func (r *run) fits(m checkpoint.Meta) error {
	switch {
	case m.RNG != rng.Version:
		return fmt.Errorf("its random streams are version %d, this program's are version %d", m.RNG, rng.Version)
	case m.Seed != r.Train.Seed:
		return fmt.Errorf("its seed is %d, not %d", m.Seed, r.Train.Seed)
	case m.Data.Digest != r.data.Digest:
		return otherData(m.Data, r.data)
	}
	if err := r.checkResumed(m.Config); err != nil {
		return err
	}
	switch {
	case m.Epoch*r.stepsPerEpoch+m.Batch == m.Step && m.Step > r.steps():
		return scheduleErrorf("it has made %s of training, so that epochs = %d is too few: name at least %d",
			spelling.Count(m.Step, "update"), r.Train.Epochs,
			(m.Step+r.stepsPerEpoch-1)/r.stepsPerEpoch)
	case m.Epoch*r.stepsPerEpoch+m.Batch != m.Step:
		return fmt.Errorf("its update %d is not batch %d after epoch %d: epochs have %d batches",
			m.Step, m.Batch, m.Epoch, r.stepsPerEpoch)
	}
	return nil
}

// sameData returns an error if the run in a folder learns from other images.
func (t Task) sameData(folder string) error {
	m, err := checkpoint.ReadRun(CheckpointPath(folder))
	if err != nil {
		return err
	}
	if now := t.dataNote(); m.Data.Digest != now.Digest {
		return fmt.Errorf("train: resume %s: %w", folder, otherData(m.Data, now))
	}
	return nil
}

func otherData(was, now checkpoint.Data) error {
	if was.Images == 0 {
		return errors.New("it was imported, without the images, their order and the moments to go on from: " +
			"start a run in another folder with its weights")
	}
	return fmt.Errorf("it learns from %s, not from %s: "+
		"bring back the images as they were, or start a run in another folder, perhaps with these weights",
		described(was), described(now))
}

// dataNote is what a checkpoint says about the data.
func (t Task) dataNote() checkpoint.Data {
	return checkpoint.Data{
		Spec: t.DataSpec, Digest: t.Data.Digest(), Images: t.Data.Len(), Classes: len(t.Data.Classes()),
		Quarantined: t.quarantined(),
	}
}

// described describes data so that people can tell them apart.
func described(d checkpoint.Data) string {
	images := spelling.Count(d.Images, "image")
	if d.Quarantined > 0 {
		images += fmt.Sprintf(" beside %d left out by a quarantine list", d.Quarantined)
	}
	return fmt.Sprintf("%s (%s, digest %.12s…)", d.Spec, images, d.Digest)
}

// save writes the checkpoint unless the last one already holds this update or
// another process writes it.
func (r *run) save() error {
	if r.saved == r.step || !r.leads() {
		return nil
	}
	began := time.Now()
	if err := r.metrics.sync(); err != nil {
		return err
	}
	if err := r.write(CheckpointPath(r.Out)); err != nil {
		return err
	}
	r.saved, r.savedAt, r.saving = r.step, time.Now(), time.Since(began)
	return nil
}

// keepEpoch keeps the state after an epoch. One that is made again after a kill is
// identical, so the file that it replaces is not kept.
func (r *run) keepEpoch(epoch int) error {
	path := EpochPath(r.Out, epoch)
	if err := r.write(path); err != nil {
		return err
	}
	if err := os.Remove(checkpoint.Previous(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("train: kept epoch: %w", err)
	}
	return nil
}

func (r *run) write(path string) error {
	meta, err := r.meta().Encode()
	if err != nil {
		return err
	}
	return checkpoint.Write(path, r.state, r.program.Vars, meta)
}

// meta holds no time and no path except the data's: two runs of one task end in
// the same bytes.
func (r *run) meta() checkpoint.Meta {
	at := r.cursor()
	return checkpoint.Meta{
		Format: checkpoint.FormatVersion, Code: checkpoint.CodeVersion(),
		Engine: r.Engine.Name(), RNG: rng.Version, Config: r.Settings,
		Seed: r.Train.Seed, Step: r.step, Epoch: at.Epoch, Batch: at.Step,
		Preprocessing: checkpoint.Preprocessing{
			Size: r.Model.Px, Resize: r.Augment.Resize, Mean: r.Model.Mean, Std: r.Model.Std,
		},
		Data: r.data, KeepEpochs: r.KeepEpochs, Schedules: r.earlier, Init: r.origin,
	}
}
