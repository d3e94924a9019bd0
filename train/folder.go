package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/checkpoint"
)

// A run folder holds:
//
//	checkpoint.safetensors       the last state, and .prev the one before it
//	epoch-N.safetensors          states kept on request
//	metrics.jsonl                one Record per line
//	config.json                  the settings, to be read and given to --config
const (
	checkpointFile = "checkpoint.safetensors"
	metricsFile    = "metrics.jsonl"
	settingsFile   = "config.json"
)

// CheckpointPath is the last state of the run in a folder.
func CheckpointPath(folder string) string { return filepath.Join(folder, checkpointFile) }

// MetricsPath holds the records of the run in a folder.
func MetricsPath(folder string) string { return filepath.Join(folder, metricsFile) }

// EpochPath is the state kept after an epoch, counted from 1.
func EpochPath(folder string, epoch int) string {
	return filepath.Join(folder, fmt.Sprintf("epoch-%d.safetensors", epoch))
}

// CheckFolder returns an error when Run with these options would refuse the
// folder: for callers that want to know before they open data.
func CheckFolder(o Options) error {
	_, err := os.Stat(CheckpointPath(o.Out))
	switch {
	case err == nil && !o.Resume && !o.Overwrite:
		return fmt.Errorf("train: %s: %w", o.Out, ErrExists)
	case errors.Is(err, fs.ErrNotExist) && o.Resume:
		return fmt.Errorf("train: resume %s: %w", o.Out, ErrNoneThere)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("train: %w", err)
	}
	return nil
}

// prepare makes the folder and, to overwrite, deletes what a run wrote there and
// nothing else. A folder that cannot be written to is found here.
func prepare(o Options, settings []byte) error {
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	if !o.Resume {
		if err := removeRun(o.Out); err != nil {
			return fmt.Errorf("train: overwrite: %w", err)
		}
	}
	if err := os.WriteFile(filepath.Join(o.Out, settingsFile), settings, 0o644); err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	return nil
}

func removeRun(folder string) error {
	names := []string{checkpointFile, filepath.Base(checkpoint.Previous(checkpointFile)), metricsFile}
	kept, err := filepath.Glob(filepath.Join(folder, "epoch-*.safetensors"))
	if err != nil {
		return err
	}
	for _, k := range kept {
		names = append(names, filepath.Base(k))
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
