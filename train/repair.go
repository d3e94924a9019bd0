package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rawtext"
	"github.com/amdim/amdim/internal/spelling"
)

// retry tries the listed images again where they are too many for the run to go on: they
// may have been repaired, or a disk was away for a while. What every process reads leaves
// the list. Otherwise nothing is read: the list has no part in which images are learnt
// from, only in whether the run stops.
func (r *run) retry(ctx context.Context) error {
	if r.bad.tooMany() == nil { // alike in all processes
		return nil
	}
	still, err := r.bad.stillBad(ctx, r.pool)
	if err := agree(r.all, err, notBegun); err != nil {
		return err
	}
	text, err := json.Marshal(still)
	if err != nil {
		return err
	}
	texts, err := r.all.Exchange(string(text))
	if err != nil {
		return notBegun(err)
	}
	bad := map[string]bool{}
	for rank, text := range texts {
		var names []string
		if err := json.Unmarshal([]byte(text), &names); err != nil {
			return notBegun(fmt.Errorf("rank %d says %.40q: is it another program? %w", rank, text, err))
		}
		for _, name := range names {
			bad[name] = true
		}
	}
	return agree(r.all, r.drop(bad), notBegun)
}

// drop removes from the list what can be read. It returns an error if too many are left.
func (r *run) drop(bad map[string]bool) error {
	before := len(r.bad.listed)
	r.bad.takeOver(slices.DeleteFunc(r.bad.listed, func(u Unreadable) bool { return !bad[u.Name] }))
	if repaired := before - len(r.bad.listed); repaired > 0 && r.leads() {
		if err := r.bad.rewrite(); err != nil {
			return err
		}
		r.OnNotice("%s that could not be read can be read now", spelling.Count(repaired, "image"))
	}
	return r.bad.tooMany()
}

// stillBad are the names of the listed images that this process cannot read.
func (u *unreadable) stillBad(ctx context.Context, pool *parallel.Pool) ([]string, error) {
	readable := map[string]bool{} // of listed names that the data has
	var at []int
	for i := range u.of.Len() {
		if name := rawtext.InJSON(data.Name(u.of, i)); u.met[name] {
			readable[name] = true
			at = append(at, i)
		}
	}
	errs := make([]error, len(at))
	pool.For(len(at), func(_, k int) {
		if errs[k] = ctx.Err(); errs[k] == nil {
			_, errs[k] = data.Image(u.of, at[k])
		}
	})
	for k, err := range errs {
		name := rawtext.InJSON(data.Name(u.of, at[k]))
		if err != nil && !errors.As(err, new(*data.UnreadableError)) {
			return nil, fmt.Errorf("train: image %s: %w", name, err)
		}
		if err != nil {
			readable[name] = false
		}
	}
	var names []string
	for _, l := range u.listed {
		if !readable[l.Name] {
			names = append(names, l.Name)
		}
	}
	return names, nil
}

// rewrite writes the list anew.
func (u *unreadable) rewrite() error {
	var text bytes.Buffer
	lines := json.NewEncoder(&text)
	for _, l := range u.listed {
		if err := lines.Encode(l); err != nil {
			return fmt.Errorf("train: unreadable images: %w", err)
		}
	}
	return replace(u.path, text.Bytes())
}
