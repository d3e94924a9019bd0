package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
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
	note := func(what string) { fmt.Fprintf(c.ErrOrStderr(), "note: %s\n", what) }
	return &eval.Cache{Folder: e.model, Note: note}
}

// keep stores the result of a run in its folder, where the report finds it.
func (e *evaluate) keep(c *cobra.Command, result *eval.Result) {
	if e.isRun() {
		e.kept = keepIn(c, train.EvalPath(e.model), result.WriteJSON)
	}
}

// keepIn writes a result whole and says so. A folder that cannot be written to does
// not spoil what was measured.
func keepIn(c *cobra.Command, path string, write func(io.Writer) error) bool {
	if err := replaceBy(path, write); err != nil {
		fmt.Fprintf(c.ErrOrStderr(), "note: the result is not kept in the run: %v\n", err)
		return false
	}
	fmt.Fprintf(c.ErrOrStderr(), "kept: %s\n", path)
	return true
}
