package train

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/engine"
)

// Whoever presses Ctrl-C because a disk is full must still learn that it is.
func TestAStopDoesNotHideAnError(t *testing.T) {
	full := errors.New("disk is full")
	for _, c := range []struct {
		name   string
		own    error // of what is done after an epoch
		unable bool  // no checkpoint can be written
		want   []string
		stop   bool
	}{
		{"a stop", nil, false, []string{"stopped after update 5: context canceled"}, true},
		{"an error and a stop", full, false, []string{"stopped after update 5: disk is full"}, false},
		{"a stop that cannot be saved", nil, true, []string{"checkpoint: write"}, false},
		{"all", full, true, []string{"stopped after update 5: disk is full; then checkpoint: write"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			o := Options{Out: dir, OnEpoch: func(int, engine.State) error {
				cancel()
				if c.unable { // what is in the way is not removed
					err := os.MkdirAll(filepath.Join(checkpoint.Previous(CheckpointPath(dir)), "mine"), 0o755)
					return errors.Join(err, c.own)
				}
				return c.own
			}}
			_, err := Run(ctx, tinyTask(t, 2), o)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v, want %q in one line", err, want)
				}
			}
			if errors.Is(err, context.Canceled) != c.stop || errors.Is(err, full) != (c.own != nil) {
				t.Errorf("%v: stopped %t, full %t", err, errors.Is(err, context.Canceled), errors.Is(err, full))
			}
		})
	}
}

// Ctrl-C while images are searched for is before anything is learnt.
func TestStopBeforeTheFirstUpdateDeletesNothing(t *testing.T) {
	dir := t.TempDir()
	mustRun(t, tinyTask(t, 1), Options{Out: dir, MaxSteps: 2})
	before := mustRead(t, CheckpointPath(dir))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Run(ctx, tinyTask(t, 1), Options{Out: dir, Overwrite: true})
	if !errors.Is(err, context.Canceled) || mustRead(t, CheckpointPath(dir)) != before {
		t.Errorf("%v; or the old run was deleted", err)
	}
}
