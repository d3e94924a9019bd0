package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
)

// keeper keeps the result of one evaluation in the folder of the run that it is of, where the
// report finds it. A result may be kept several times, as more of it is known.
type keeper struct {
	run      string // the folder; empty: the model is not a run, and nothing is kept
	messages io.Writer

	own      bool // the images are those that the model learnt from
	imported bool // nobody knows which these are

	kept  bool  // the result is, in the run
	aside bool  // and what it takes the place of was set aside
	err   error // why it is not kept, where it should be
}

func (e *evaluate) keeper(c *cobra.Command) *keeper {
	k := &keeper{messages: c.ErrOrStderr()}
	if e.isRun() {
		k.run = e.model
	}
	return k
}

// keep keeps a result with what was measured of the same encoder on the same images under other
// protocols.
func (k *keeper) keep(result *eval.Result) { k.keepSaying("kept", result) }

// keepModel keeps what was measured of the model while its baselines are not yet.
func (k *keeper) keepModel(result *eval.Result) {
	part := *result
	part.Config.Baselines = false
	k.keepSaying("kept so far", &part)
}

func (k *keeper) keepSaying(said string, result *eval.Result) {
	if k.run == "" {
		return
	}
	path := k.pathOf(result)
	if earlier := earlierAt(k, path, eval.ReadResult); earlier != nil {
		var lost []string
		// After the first time, earlier is what was kept so far.
		if result, lost = result.With(earlier); len(lost) > 0 && !k.aside {
			k.setAside(path, strings.Join(lost, ", "), earlier.Step, measuredOn(earlier))
		}
	}
	k.write(path, said, result.WriteJSON)
}

// keepSegmented keeps a measured segmentation.
func (k *keeper) keepSegmented(result *eval.Segmented) {
	if k.run == "" {
		return
	}
	path := k.segmentedPathOf(result)
	if earlier := earlierAt(k, path, eval.ReadSegmented); earlier != nil && !result.Replaces(earlier) {
		k.setAside(path, eval.SegmentationProtocol, earlier.Step, earlier.Data+", "+earlier.Split)
	}
	k.write(path, "kept", asJSON(result))
}

// keepCurve keeps a curve.
func (k *keeper) keepCurve(curve eval.Curve) {
	path := k.curvePathOf(curve)
	if earlier := earlierAt(k, path, eval.ReadCurve); earlier != nil && !curve.Replaces(*earlier) {
		last := (*earlier)[len(*earlier)-1].Result
		k.setAside(path, "the curve", last.Step, measuredOn(last))
	}
	k.write(path, "kept", curve.WriteJSON)
}

// measuredOn names the images that a result is of.
func measuredOn(r *eval.Result) string {
	if r.Validation > 0 {
		return fmt.Sprintf("%s with --validation %g", r.Data, r.Validation)
	}
	return r.Data
}

// earlierAt is the result that is kept at path; nil if there is none. A file that cannot be read,
// such as one that was cut off, is set aside.
func earlierAt[R any](k *keeper, path string, read func([]byte) (*R, error)) *R {
	earlier, err := eval.ReadKept(path, read)
	if err != nil && !k.aside && regular.Check(path) == nil { // a folder stays where it is
		note(k.messages, "no result can be read from %s; that file is %s", told(err), putAside(path))
		k.aside = true
	}
	return earlier
}

// setAside keeps a result that is about to be replaced by one that does not measure it again,
// and says of what it is.
func (k *keeper) setAside(path, what string, step int, of string) {
	note(k.messages, "%s no longer holds %s of update %d on %s; that result is %s",
		filepath.Base(path), what, step, of, putAside(path))
	k.aside = true
}

// putAside copies a file that is about to be replaced, in the place of the one kept before, and
// returns what became of it.
func putAside(path string) string {
	aside := checkpoint.Previous(path)
	text, err := regular.Read(path)
	if err == nil {
		err = replaceFile(aside, text)
	}
	if err != nil {
		return "lost: " + err.Error()
	}
	return "kept as " + aside
}

// write writes a result whole and says so, by said. A run that others may only read does not
// take it, which is said; any other failure, such as a full disk, is the command's.
func (k *keeper) write(path, said string, write func(io.Writer) error) {
	err := durable.Replace(path, write)
	k.kept, k.err = err == nil, nil
	switch {
	case err == nil:
		fmt.Fprintf(k.messages, "%s: %s\n", said, path)
	case errors.Is(err, fs.ErrPermission) || durable.ReadOnly(err):
		note(k.messages, "the result could not be kept in the run: %s", told(err))
	default:
		k.err = fmt.Errorf("the result could not be kept in the run: %w", err)
	}
}
