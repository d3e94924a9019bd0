package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train"
)

// originFlag is --init: the run or checkpoint whose weights a new run begins with in place
// of random ones, and whose settings it has unless flags say otherwise. Empty: none.
type originFlag string

func (o *originFlag) add(f *pflag.FlagSet) {
	f.StringVar((*string)(o), "init", "",
		"begin with the weights of this `RUN` or checkpoint and, unless flags say otherwise, its settings")
}

// check refuses a flag that names nothing.
func (o originFlag) check(c *cobra.Command) error {
	if o == "" && c.Flags().Changed("init") {
		return usagef("--init is empty: name a run or checkpoint, or leave it out")
	}
	return nil
}

// read is what the checkpoint says; nothing of none.
func (o originFlag) read() (checkpoint.Meta, error) {
	if o == "" {
		return checkpoint.Meta{}, nil
	}
	path, err := train.CheckpointOf(string(o))
	if err != nil {
		return checkpoint.Meta{}, fmt.Errorf("--init %w", err)
	}
	m, err := checkpoint.ReadRun(path)
	if err != nil && filepath.Ext(path) == ".pth" {
		return m, fmt.Errorf("--init %s is of PyTorch: amdim import reads those of the authors' code", o)
	}
	if err != nil {
		return m, fmt.Errorf("--init: %w", err)
	}
	return m, nil
}

// verify reads all of the checkpoint, as a damaged one cannot be begun with, and returns its
// checksum.
func (o originFlag) verify() (checksum string, err error) {
	if o == "" {
		return "", nil
	}
	path, err := train.CheckpointOf(string(o))
	if err != nil {
		return "", fmt.Errorf("--init %w", err)
	}
	r, err := checkpoint.Open(path)
	if err != nil {
		return "", fmt.Errorf("--init: %w", err)
	}
	return r.Checksum(), r.Close()
}

// settings are those of the flags, over those of the checkpoint that was read.
func (o originFlag) settings(f settingsFlags, c *cobra.Command, read checkpoint.Meta) (config.Config, error) {
	if o == "" {
		if !f.named() {
			return config.Config{}, usagef("--preset or --config is missing; presets are %s",
				strings.Join(config.Presets(), ", "))
		}
		return f.apply(config.Config{}, c)
	}
	was, err := config.Parse(read.Config)
	if err != nil {
		return was, fmt.Errorf("--init %s: %w", o, err)
	}
	now, err := f.apply(was, c)
	if err != nil {
		return now, err
	}
	if err := train.CheckEncoder(now.Model, read); err != nil {
		return now, usagef("--init %s: %w", o, err)
	}
	return now, nil
}
