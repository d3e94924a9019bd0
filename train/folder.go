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

// A run folder holds:
//
//	checkpoint.safetensors       the last state, and .prev the one before it
//	epoch-N.safetensors          states kept on request
//	metrics.jsonl                one Record per line
//	config.json                  the settings, to be read and given to --config
//	commands.txt                 the command lines that made it, the first one first
//	unreadable.jsonl             one Unreadable per line, when there are any
//	quarantine.json              the list of images left out, when there is one
//
// and others add what belongs to the run: eval.json, validation.json and, of other data,
// transfer-*.json with the features that were measured, features-*.safetensors, and the
// images that could not be read, features-read-*.json; curve.json and
// validation-curve.json; segmentation.json and, of other images, segmentation-*.json; for
// each result the .prev one that was replaced; report.html; beside the state of a
// mixture, *.negatives.safetensors; and, for TensorBoard,
// tensorboard/events.out.tfevents.0.amdim.
const (
	checkpointFile = "checkpoint.safetensors"
	metricsFile    = "metrics.jsonl"
	settingsFile   = "config.json"
	commandsFile   = "commands.txt"
	unreadableFile = "unreadable.jsonl"
	quarantineFile = "quarantine.json"
	evalFile       = "eval.json"
	validationFile = "validation.json"
	curveFile      = "curve.json"
	heldCurveFile  = "validation-curve.json"
	segmentFile    = "segmentation.json"
	reportFile     = "report.html"
	eventsFile     = "tensorboard/events.out.tfevents.0.amdim" // found by "tfevents" in its name
)

// CheckpointPath is the last state of the run in a folder.
func CheckpointPath(folder string) string { return filepath.Join(folder, checkpointFile) }

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

// MetricsPath holds the records of the run in a folder.
func MetricsPath(folder string) string { return filepath.Join(folder, metricsFile) }

// commandsPath holds the command lines that made the run in a folder.
func commandsPath(folder string) string { return filepath.Join(folder, commandsFile) }

// UnreadablePath lists the images that the run in a folder could not read.
func UnreadablePath(folder string) string { return filepath.Join(folder, unreadableFile) }

// QuarantinePath is the file that lists the images left out by the run in a folder.
func QuarantinePath(folder string) string { return filepath.Join(folder, quarantineFile) }

// EvalPath is the file that keeps an evaluation of the run in a folder, on its own data.
func EvalPath(folder string) string { return filepath.Join(folder, evalFile) }

// TransferPath is the file that keeps an evaluation of the run in a folder on other data than it
// learnt from. name distinguishes these data from others.
func TransferPath(folder, name string) string { return filepath.Join(folder, "transfer-"+name+".json") }

// TransferPaths are the files of TransferPath that the folder has, in the order of their names.
func TransferPaths(folder string) ([]string, error) { return results(folder, transferFiles) }

// Names of results on several data.
const (
	transferFiles  = "transfer-*.json"
	segmentedFiles = "segmentation-*.json"
)

// results are the files of a folder that a pattern names, but for those that were replaced.
func results(folder, pattern string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if matches(e.Name(), pattern) && !strings.HasSuffix(e.Name(), checkpoint.Previous(".json")) {
			paths = append(paths, filepath.Join(folder, e.Name()))
		}
	}
	return paths, nil
}

func matches(name, pattern string) bool {
	ok, _ := filepath.Match(pattern, name) // the pattern is right
	return ok
}

// ValidationPath is the file that keeps an evaluation on validation images, held out from the
// train images.
func ValidationPath(folder string) string { return filepath.Join(folder, validationFile) }

// CurvePath is the file that keeps evaluations of the run in a folder at each kept epoch.
func CurvePath(folder string) string { return filepath.Join(folder, curveFile) }

// ValidationCurvePath is the file that keeps them on validation images, held out from the train
// images.
func ValidationCurvePath(folder string) string { return filepath.Join(folder, heldCurveFile) }

// SegmentationPath is the file that keeps the measured segmentation of the run in a folder, on the
// images that were measured first.
func SegmentationPath(folder string) string { return filepath.Join(folder, segmentFile) }

// SegmentedPath is the file that keeps the measured segmentation of the run in a folder on other
// images than those of SegmentationPath. name distinguishes these images from others.
func SegmentedPath(folder, name string) string {
	return filepath.Join(folder, "segmentation-"+name+".json")
}

// SegmentedPaths are the files of SegmentedPath that the folder has, in the order of their names.
func SegmentedPaths(folder string) ([]string, error) { return results(folder, segmentedFiles) }

// NegativesPath is the file that keeps the negatives of a checkpoint: locations of other images,
// against which an image's own locations are scored when it is segmented.
func NegativesPath(checkpoint string) string {
	return strings.TrimSuffix(checkpoint, ".safetensors") + ".negatives.safetensors"
}

// ReportPath is where the page about the run in a folder is kept.
func ReportPath(folder string) string { return filepath.Join(folder, reportFile) }

// EventsPath is where the records of the run in a folder are kept for TensorBoard.
func EventsPath(folder string) string { return filepath.Join(folder, filepath.FromSlash(eventsFile)) }

// EpochPath is the state kept after an epoch, counted from 1.
func EpochPath(folder string, epoch int) string {
	return filepath.Join(folder, fmt.Sprintf("epoch-%d.safetensors", epoch))
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
	transfers, err := TransferPaths(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	segmented, err := SegmentedPaths(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, path := range append(append(transfers, segmented...),
		EvalPath(folder), ValidationPath(folder), CurvePath(folder), ValidationCurvePath(folder),
		SegmentationPath(folder), ReportPath(folder), MetricsPath(folder),
	) {
		info, err := os.Stat(path)
		switch {
		case err == nil && info.Size() > 0: // a run that was killed at once has no record
			return fmt.Errorf("train: %s: %w", path, ErrResults)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("train: %w", err)
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
	names := []string{metricsFile, commandsFile, unreadableFile, quarantineFile, reportFile, eventsFile,
		NegativesPath(checkpointFile), checkpointFile + unfinished, checkpoint.Previous(checkpointFile)}
	for _, file := range []string{evalFile, validationFile, curveFile, heldCurveFile, segmentFile} {
		names = append(names, file, checkpoint.Previous(file))
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		is := func(pattern string) bool { return matches(e.Name(), pattern) }
		if slices.ContainsFunc([]string{
			"features-*.safetensors", "features-read-*.json", transferFiles, segmentedFiles,
		}, is) || ofEpoch(e.Name()) {
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

// unfinished is the suffix of a file that a kill kept from being renamed into place.
const unfinished = ".tmp"

// ofEpoch reports whether a file is the state after an epoch or belongs to it: one that
// it replaced, its negatives, or an unfinished one.
func ofEpoch(name string) bool {
	name = strings.TrimSuffix(name, unfinished)
	const ext = ".safetensors"
	for _, beside := range []string{checkpoint.Previous(ext), NegativesPath(ext)} {
		if state, ok := strings.CutSuffix(name, beside); ok {
			name = state + ext
		}
	}
	return epochOf(name) > 0
}

// KeptEpochs are the epochs after which the state of the run in a folder was
// kept, in order.
func KeptEpochs(folder string) ([]int, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("train: run folder: %w", err)
	}
	var epochs []int
	for _, e := range entries {
		if n := epochOf(e.Name()); n > 0 {
			epochs = append(epochs, n)
		}
	}
	slices.Sort(epochs)
	return epochs, nil
}

// epochOf is the epoch whose state has this name; 0: none.
func epochOf(name string) int {
	var n int
	fmt.Sscanf(name, "epoch-%d.safetensors", &n)
	if n <= 0 || name != EpochPath("", n) {
		return 0
	}
	return n
}
