package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/embedding"
)

// runUpdate brings a file of vectors to what its images are now.
func (e *embed) runUpdate(c *cobra.Command, m *amdim.Model) error {
	old, err := amdim.LoadSet(e.update)
	if err != nil {
		return err
	}
	was := *old
	if e.data != "" {
		old.Model.Images = e.data
	}
	if old.Model.Images == "" {
		return usagef("--update: %s does not say which images it is of: name them with --data", e.update)
	}
	now, did, bad, err := m.UpdateSet(c.Context(), old)
	e.bar.finish()
	switch {
	case errors.Is(err, context.Canceled):
		return stoppedError{"stopped: " + e.update + " is as it was"}
	case errors.Is(err, amdim.ErrOtherNetwork):
		return fmt.Errorf("%w: %s", err, e.anew(old))
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: --data says where the images are now; a relative path counts from the "+
			"current folder", err)
	case err != nil:
		return err
	}
	if did.Kept+did.Again == 0 {
		return fmt.Errorf("--update: %s has none of the %d images of %s: --data says where they are now; "+
			"for the vectors of others: %s", old.Model.Images, old.Len(), e.update, e.anew(old))
	}
	if !reflect.DeepEqual(now, &was) {
		if err := now.Save(e.update); err != nil {
			return err
		}
	}
	noteUnreadable(c.ErrOrStderr(), bad, "--json")
	noteEngines(c.ErrOrStderr(), old, now)
	return e.reportUpdate(c, now, bad, did)
}

// anew is the command that replaces a file of vectors by those of all its images.
func (e *embed) anew(old *amdim.Set) string {
	words := []string{"embed", "--model", e.model, "--data", old.Model.Images, "--out", e.update, "--overwrite"}
	if old.Model.Split != "" {
		words = append(words, "--split", old.Model.Split)
	}
	return typed(words...)
}

// noteEngines says where vectors of one file are of two engines or precisions.
func noteEngines(w io.Writer, old, now *amdim.Set) {
	if now.Model.Engine == "" && old.Model.Engine != "" {
		note(w, "vectors that were kept are of another engine or precision (%s) than the new ones: "+
			"they differ by rounding, in bf16 and f32 by about 1 %% of their length", old.Model.Engine)
	}
}

// updateResult is what --json prints.
type updateResult struct {
	embedResult
	Update amdim.Changes `json:"update"`
}

func (e *embed) reportUpdate(
	c *cobra.Command, now *amdim.Set, bad []*amdim.Unreadable, did amdim.Changes,
) error {
	if e.json {
		r := updateResult{embedResult{e.update, now.Len(), now.Dim, unreadables(bad), now.Model}, did}
		return json.NewEncoder(c.OutOrStdout()).Encode(r)
	}
	what := "as before"
	if did.Added+did.Again+did.Gone > 0 {
		what = fmt.Sprintf("%d added, %d computed again, %d gone, %d kept",
			did.Added, did.Again, did.Gone, did.Kept)
	}
	_, err := fmt.Fprintf(c.OutOrStdout(), "%d images, %d numbers each: %s (%s)\n",
		now.Len(), now.Dim, e.update, what)
	return err
}

// checkUpdate refuses what is wrong with --update before anything is read.
func (e *embed) checkUpdate() error {
	if e.out != "" || e.split != "" || e.overwrite || e.stream {
		return usagef("--update cannot be combined with --out, --overwrite, --split or --stream")
	}
	err := embedding.CheckPath(e.update, true)
	switch {
	case errors.Is(err, embedding.ErrName):
		return usagef("--update %s: %w", e.update, embedding.ErrName)
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("--update: %w", errors.Unwrap(err))
	}
	return nil
}
