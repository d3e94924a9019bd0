package main

import (
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/internal/rng"
)

// faults lists what is wrong with a checkpoint whose checksum is right.
func (f inspection) faults() []string {
	c, err := config.Of(f.Meta)
	if err != nil {
		return []string{fmt.Sprintf("its settings describe no valid network: %v", err)}
	}
	if n := f.Meta.Data.Classes; n < 0 {
		return []string{fmt.Sprintf("its data has %d classes", n)}
	}
	vars := c.Model.Pretrain(f.Meta.Data.Classes).Vars
	return append(checkpoint.Faults(f.Tensors, vars, f.Meta.Step), f.faultsOfMeta(c)...)
}

// faultsOfMeta compares counters, data and preprocessing with the settings.
func (f inspection) faultsOfMeta(c config.Config) []string {
	m := f.Meta
	var faults []string
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	add(m.RNG != rng.Version, "its random streams are version %d, this program's are %d: it cannot be resumed",
		m.RNG, rng.Version)
	add(m.Seed != c.Train.Seed, "its seed is %d, its settings say %d", m.Seed, c.Train.Seed)
	p := checkpoint.Preprocessing{
		Size: c.Model.Px, Resize: c.Augment.Resize, Mean: c.Model.Mean, Std: c.Model.Std,
	}
	add(m.Preprocessing != p, "its preprocessing is %+v, but its settings say %+v", m.Preprocessing, p)
	began := 0
	for _, s := range m.Schedules {
		add(s.Until <= began || s.Until > m.Step,
			"a schedule of it ends with update %d, after one that ended with update %d of %d", s.Until, began, m.Step)
		began = s.Until
	}
	if f.Moments == 0 {
		return faults // weights alone, imported or exported: nothing goes on from their counters
	}
	epoch := m.Data.Images / c.Train.Batch
	if epoch == 0 {
		add(true, "its data has %d images, a batch of its settings %d", m.Data.Images, c.Train.Batch)
		return faults
	}
	add(m.Batch >= epoch, "it is at batch %d of an epoch of %d: %d images in batches of %d",
		m.Batch, epoch, m.Data.Images, c.Train.Batch)
	add(m.Epoch*epoch+m.Batch != m.Step, "its %d updates are not %d epochs of %d batches and %d more",
		m.Step, m.Epoch, epoch, m.Batch)
	add(m.Step > c.Train.Epochs*epoch, "it has made %d updates, its run has %d", m.Step, c.Train.Epochs*epoch)
	return faults
}
