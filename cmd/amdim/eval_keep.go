package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/regular"
)

// isRun reports whether the model is a run folder and not one of its checkpoints.
func (e *evaluate) isRun() bool {
	info, err := os.Stat(e.model)
	return err == nil && info.IsDir()
}

// cache keeps features in the run folder; nil where there is none.
func (e *evaluate) cache(c *cobra.Command) *eval.Cache {
	if e.noCache || !e.isRun() {
		return nil
	}
	return &eval.Cache{Folder: e.model, Note: noting(c)}
}

// tried is where it is kept which images can be read.
func (e *evaluate) tried() *tried {
	if e.noCache || !e.isRun() {
		return nil
	}
	return &tried{folder: e.model}
}

// keep stores the result of a run in its folder, where the report finds it, with what
// was measured there of the same encoder on the same images under other protocols.
func (e *evaluate) keep(c *cobra.Command, result *eval.Result) { e.store(c, "kept", result) }

func (e *evaluate) store(c *cobra.Command, said string, result *eval.Result) {
	if !e.isRun() {
		return
	}
	path := e.pathOf(result)
	earlier, err := eval.ReadKept(path, eval.ReadResult)
	e.asideUnread(c, path, err)
	if earlier != nil {
		var lost []string
		// After the first time, earlier is what this command kept so far.
		if result, lost = result.With(earlier); len(lost) > 0 && !e.aside {
			setAside(c, path, strings.Join(lost, ", "), earlier.Step, measuredOn(earlier))
			e.aside = true
		}
	}
	e.keepIn(c, path, said, result.WriteJSON)
}

// measuredOn names the images that a result is of.
func measuredOn(r *eval.Result) string {
	if r.Validation > 0 {
		return fmt.Sprintf("%s with --validation %g", r.Data, r.Validation)
	}
	return r.Data
}

// keepModel keeps what was measured of the model while its baselines are not yet.
func (e *evaluate) keepModel(c *cobra.Command, result *eval.Result) {
	part := *result
	part.Config.Baselines = false
	e.store(c, "kept so far", &part)
}

// keepSegmented stores a measured segmentation in the run folder, if the model is one, where the
// report finds it. An earlier result of the same images that the new one does not replace is set
// aside first, as is a file that cannot be read.
func (e *evaluate) keepSegmented(c *cobra.Command, result *eval.Segmented) {
	if !e.isRun() {
		return
	}
	path := e.segmentedPathOf(result)
	earlier, err := eval.ReadKept(path, eval.ReadSegmented)
	e.asideUnread(c, path, err)
	if earlier != nil && !result.Replaces(earlier) {
		setAside(c, path, eval.SegmentationProtocol, earlier.Step, earlier.Data+", "+earlier.Split)
	}
	e.keepIn(c, path, "kept", func(w io.Writer) error { return printJSON(w, result) })
}

// setAside keeps a result that is about to be replaced, and says of what it is.
func setAside(c *cobra.Command, path, what string, step int, of string) {
	note(c.ErrOrStderr(), "%s no longer holds %s of update %d on %s; that result is %s",
		filepath.Base(path), what, step, of, putAside(path))
}

// asideUnread sets aside a file that ReadKept could not read, such as one that was cut off.
func (e *evaluate) asideUnread(c *cobra.Command, path string, err error) {
	if err == nil || e.aside || regular.Check(path) != nil { // a folder stays where it is
		return
	}
	note(c.ErrOrStderr(), "no result can be read from %s; that file is %s", told(err), putAside(path))
	e.aside = true
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

// keepIn writes a result whole and says so, by said. A run that others may only read does not
// take it, which is said; of any other failure, such as a full disk, done tells.
func (e *evaluate) keepIn(c *cobra.Command, path, said string, write func(io.Writer) error) {
	err := durable.Replace(path, write)
	e.kept, e.unkept = err == nil, nil
	switch {
	case err == nil:
		fmt.Fprintf(c.ErrOrStderr(), "%s: %s\n", said, path)
	case errors.Is(err, fs.ErrPermission) || durable.ReadOnly(err):
		note(c.ErrOrStderr(), "the result could not be kept in the run: %s", told(err))
	default:
		e.unkept = fmt.Errorf("the result could not be kept in the run: %w", err)
	}
}

// done is the error of a command that has printed its result.
func (e *evaluate) done(printing error) error {
	if printing != nil {
		return printing
	}
	return e.unkept
}
