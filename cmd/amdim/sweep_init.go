package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train"
	"github.com/amdim/amdim/train/sweep"
)

// base are the settings that rows change, and what the checkpoint that they begin with says.
func (s *sweeping) base(c *cobra.Command) (base config.Config, began checkpoint.Meta, err error) {
	if err = s.init.check(c); err != nil {
		return base, began, err
	}
	if began, err = s.init.read(); err != nil {
		return base, began, err
	}
	if s.origin, err = s.init.verify(); err != nil {
		return base, began, err
	}
	base, err = s.init.settings(s.settings, c, began)
	return base, began, err
}

// checkEncoders refuses a row that cannot begin with the weights, before any is trained.
func (s *sweeping) checkEncoders(rows []sweep.Row, began checkpoint.Meta) error {
	for _, r := range rows {
		if s.init == "" {
			break
		}
		if err := train.CheckEncoder(r.Config.Model, began); err != nil {
			return usagef("row %s: --init %s: %w", r.Name, s.init, err)
		}
	}
	return nil
}

// beganOtherwise reports whether a run began with other weights than those of the sweep do.
func (s *sweeping) beganOtherwise(m checkpoint.Meta) bool {
	was := ""
	if m.Init != nil {
		was = m.Init.Checksum
	}
	return was != s.origin
}

// checkInit returns an error if the weights of --init, which may be those of a run that goes on,
// are no longer those that the sweep began with: its rows would not compare.
func (s *sweeping) checkInit() error {
	now, err := s.init.verify()
	if err == nil && now != s.origin {
		err = s.initChanged()
	}
	return err
}

// checkBegan is checkInit of the weights that a run has begun with: they are read once more.
func (s *sweeping) checkBegan(folder string) error {
	m, err := checkpoint.ReadRun(train.CheckpointPath(folder))
	if err == nil && s.beganOtherwise(m) {
		err = s.initChanged()
	}
	return err
}

func (s *sweeping) initChanged() error {
	return fmt.Errorf("--init %s has changed since the sweep began: name a checkpoint that stays, "+
		"and choose another --out", s.init)
}
