package main

import (
	"fmt"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train"
)

// checkpointOf is the checkpoint that a model names: a file, or that of a run.
func checkpointOf(model string) (string, error) {
	path, err := train.CheckpointOf(model)
	if err != nil {
		return "", fmt.Errorf("--model: %w", err)
	}
	return path, nil
}

// storedModel is a checkpoint whose weights are to be read, and what it says of itself.
type storedModel struct {
	file     string
	weights  *checkpoint.Reader
	meta     checkpoint.Meta
	settings config.Config
}

func openStored(model string) (m storedModel, err error) {
	if m.file, err = checkpointOf(model); err != nil {
		return m, err
	}
	if m.weights, err = checkpoint.Open(m.file); err != nil {
		return m, err
	}
	if m.meta, err = m.weights.Run(); err == nil {
		m.settings, err = config.Of(m.meta)
	}
	if err != nil {
		m.weights.Close()
		return m, fmt.Errorf("%s: %w", m.file, err)
	}
	return m, nil
}
