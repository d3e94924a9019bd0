package train

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/checkpoint"
)

// Files of a run folder. * stands for what tells files of one kind apart.
const (
	checkpointFile = "checkpoint.safetensors"                  // the last state
	settingsFile   = "config.json"                             // to be read and given to --config
	metricsFile    = "metrics.jsonl"                           // one Record per line
	commandsFile   = "commands.txt"                            // the command lines that made it, in order
	unreadableFile = "unreadable.jsonl"                        // one Unreadable per line, when there are any
	quarantineFile = "quarantine.json"                         // the images left out, when there are any
	eventsFile     = "tensorboard/events.out.tfevents.0.amdim" // found by "tfevents" in its name

	// Others add what belongs to the run.
	evalFile       = "eval.json"
	validationFile = "validation.json"
	transferFiles  = "transfer-*.json" // of other data
	curveFile      = "curve.json"
	heldCurveFile  = "validation-curve.json"
	segmentFile    = "segmentation.json"
	segmentedFiles = "segmentation-*.json" // of other images
	reportFile     = "report.html"
	featuresFiles  = "features-*.safetensors" // that were measured
	triedFiles     = "features-read-*.json"   // which images could not be read for that
)

// unfinished is the suffix of a file that a kill kept from being renamed into place.
const unfinished = ".tmp"

// file is one of a run folder, or a kind of them.
type file struct {
	name      string
	result    bool // somebody's work: a fresh run does not delete it unless it is told to
	keepsPrev bool // the one that was replaced stays beside it
}

// written are those that a run to be overwritten has left, besides its last state, those kept
// after an epoch, epoch-N.safetensors, and its settings, which are replaced.
var written = []file{
	{transferFiles, true, true}, {segmentedFiles, true, true},
	{evalFile, true, true}, {validationFile, true, true}, {curveFile, true, true},
	{heldCurveFile, true, true}, {segmentFile, true, true},
	{name: reportFile, result: true},
	{name: metricsFile, result: true},
	{name: commandsFile}, {name: unreadableFile}, {name: quarantineFile}, {name: eventsFile},
	{name: featuresFiles}, {name: triedFiles}, {name: NegativesPath(checkpointFile)},
	{name: checkpointFile + unfinished}, {name: checkpoint.Previous(checkpointFile)},
}

// in is the file's name or, of a kind, the names of those among the entries of a folder, in
// their order, without those that were replaced.
func (f file) in(entries []fs.DirEntry) []string {
	if !strings.Contains(f.name, "*") {
		return []string{f.name}
	}
	var names []string
	for _, e := range entries {
		replaced := f.keepsPrev && matches(e.Name(), checkpoint.Previous(f.name))
		if matches(e.Name(), f.name) && !replaced {
			names = append(names, e.Name())
		}
	}
	return names
}

func matches(name, pattern string) bool {
	ok, _ := filepath.Match(pattern, name) // the pattern is right
	return ok
}

// several is the path of a file of a kind.
func several(folder, kind, name string) string {
	return filepath.Join(folder, strings.Replace(kind, "*", name, 1))
}

// there are those of a kind that are in a folder, in the order of their names.
func there(folder, kind string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	paths := file{name: kind, keepsPrev: true}.in(entries)
	for i, name := range paths {
		paths[i] = filepath.Join(folder, name)
	}
	return paths, nil
}

// CheckpointPath is the last state of the run in a folder.
func CheckpointPath(folder string) string { return filepath.Join(folder, checkpointFile) }

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
func TransferPath(folder, name string) string { return several(folder, transferFiles, name) }

// TransferPaths are the files of TransferPath that the folder has, in the order of their names.
func TransferPaths(folder string) ([]string, error) { return there(folder, transferFiles) }

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
func SegmentedPath(folder, name string) string { return several(folder, segmentedFiles, name) }

// SegmentedPaths are the files of SegmentedPath that the folder has, in the order of their names.
func SegmentedPaths(folder string) ([]string, error) { return there(folder, segmentedFiles) }

// TriedPath is the file that keeps which images of a data set could not be read, when all were
// tried. name distinguishes these data from others.
func TriedPath(folder, name string) string { return several(folder, triedFiles, name) }

// TriedPaths are the files of TriedPath that the folder has, in the order of their names.
func TriedPaths(folder string) ([]string, error) { return there(folder, triedFiles) }

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
