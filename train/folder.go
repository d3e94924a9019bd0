package train

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
)

// CheckpointOf is the checkpoint that a path names: the last one of a run
// folder, or the file itself. If there is none yet, the error wraps fs.ErrNotExist or,
// for a folder, ErrNoneThere.
func CheckpointOf(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: no such run folder or checkpoint: %w", path, fs.ErrNotExist)
	}
	if err != nil || !info.IsDir() {
		return path, err
	}
	if _, err := os.Stat(CheckpointPath(path)); errors.Is(err, fs.ErrNotExist) {
		if states, err := statesIn(path); err == nil && len(states) > 0 {
			return "", fmt.Errorf("%s: %w: it has no %s; an earlier state is %s",
				path, ErrNoneThere, checkpointFile, states[0])
		}
		return "", fmt.Errorf("%s: %w: it has no %s", path, ErrNoneThere, checkpointFile)
	}
	return CheckpointPath(path), nil
}

// CheckFolder returns an error if Run with these options would refuse the
// folder, for callers that want to know before they open data.
func CheckFolder(o Options) error {
	if info, err := os.Stat(o.Out); err == nil && !info.IsDir() {
		return fmt.Errorf("train: %s is a file: a run needs a folder", o.Out)
	}
	states, err := statesIn(o.Out)
	if err == nil && len(states) == 0 && !o.Overwrite && !o.Resume {
		err = withoutResults(o.Out)
	}
	switch {
	case err != nil:
		return err
	case len(states) > 0 && !o.Resume && !o.Overwrite:
		return fmt.Errorf("train: %s: %w", o.Out, ErrExists)
	case len(states) == 0 && o.Resume:
		return fmt.Errorf("train: resume %s: %w", o.Out, ErrNoneThere)
	case o.Resume && states[0] != CheckpointPath(o.Out):
		return fmt.Errorf("train: resume %s: it has no %s; an earlier state is kept: to use it, copy %s to %s",
			o.Out, checkpointFile, states[0], checkpointFile)
	}
	return nil
}

// withoutResults returns an error if a fresh run would delete what an earlier one has
// left in a folder besides its states.
func withoutResults(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("train: %w", err)
	}
	for _, f := range written {
		if !f.result {
			continue
		}
		for _, name := range f.in(entries) {
			path := filepath.Join(folder, name)
			info, err := os.Stat(path)
			switch {
			case err == nil && info.Size() > 0: // a run that was killed at once has no record
				return fmt.Errorf("train: %s: %w", path, ErrResults)
			case err != nil && !errors.Is(err, fs.ErrNotExist):
				return fmt.Errorf("train: %w", err)
			}
		}
	}
	return nil
}

// Begun reports whether a folder has a state of a run, which a fresh one would
// delete: its checkpoint, the one before it, or one kept after an epoch. It also
// returns true if that cannot be determined; [CheckFolder] says why.
func Begun(folder string) bool {
	states, err := statesIn(folder)
	return len(states) > 0 || err != nil
}

// statesIn are the files of a folder that a run could continue from, the last one first.
func statesIn(folder string) ([]string, error) {
	epochs, err := KeptEpochs(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var states []string
	last := CheckpointPath(folder)
	for _, path := range []string{last, checkpoint.Previous(last)} {
		_, err := os.Stat(path)
		if err == nil {
			states = append(states, path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	for _, epoch := range slices.Backward(epochs) {
		states = append(states, EpochPath(folder, epoch))
	}
	return states, nil
}

// AdoptFolder makes a run of a folder that holds a checkpoint from elsewhere. It writes the
// settings and the command, and empty records. It deletes what an earlier run left there, except
// the checkpoint.
func AdoptFolder(folder string, settings []byte, command string) error {
	if err := removeBeside(folder); err != nil {
		return fmt.Errorf("train: overwrite: %w", err)
	}
	if err := os.WriteFile(MetricsPath(folder), nil, 0o644); err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	if err := replace(filepath.Join(folder, settingsFile), settings); err != nil {
		return err
	}
	return appendCommand(Options{Out: folder, Command: command})
}

// prepare deletes what a run to be overwritten wrote in the folder, and nothing
// else. A folder that cannot be written to is found out here.
func prepare(o Options, settings []byte) error {
	if !o.Resume {
		if err := removeRun(o.Out); err != nil {
			return fmt.Errorf("train: overwrite: %w", err)
		}
	}
	for _, name := range []string{settingsFile, metricsFile, commandsFile} { // which are written
		if err := regular.Check(filepath.Join(o.Out, name)); err != nil {
			return fmt.Errorf("train: run folder: %w", err)
		}
	}
	if err := replace(filepath.Join(o.Out, settingsFile), settings); err != nil {
		return err
	}
	return appendCommand(o)
}

// replace writes a file of a run folder whole or not at all: a kill or a full disk leaves
// the one before.
func replace(path string, text []byte) error {
	err := durable.Replace(path, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	return nil
}

// appendCommand notes the command line: a resumed run has several.
func appendCommand(o Options) error {
	if o.Command == "" {
		return nil
	}
	f, err := os.OpenFile(commandsPath(o.Out), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	_, err = f.WriteString(strings.ReplaceAll(o.Command, "\n", " ") + "\n")
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("train: run folder: %w", err)
	}
	return nil
}

// ReadCommands returns the command lines that made the run in a folder; none if
// they were not noted.
func ReadCommands(folder string) ([]string, error) {
	text, err := regular.Read(commandsPath(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("train: commands: %w", err)
	}
	return strings.Split(strings.TrimRight(string(text), "\n"), "\n"), nil
}

func removeRun(folder string) error {
	if err := os.Remove(CheckpointPath(folder)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return removeBeside(folder)
}

// removeBeside deletes what a run wrote, except its last state.
func removeBeside(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var names []string
	for _, f := range written {
		names = append(names, f.in(entries)...)
		if f.keepsPrev {
			names = append(names, file{name: checkpoint.Previous(f.name)}.in(entries)...)
		}
	}
	for _, e := range entries {
		if ofEpoch(e.Name()) {
			names = append(names, e.Name())
		}
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return durable.RemoveLeft(folder)
}
