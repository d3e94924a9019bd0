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

// settingsOf are the settings that a checkpoint was trained with.
func settingsOf(r *checkpoint.Reader) (config.Config, error) {
	meta, err := r.Run()
	if err != nil {
		return config.Config{}, err
	}
	return config.Of(meta)
}
