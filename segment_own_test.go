package amdim

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/tensor"
	"github.com/amdim/amdim/train"
)

// drawn are n pictures of a program, which no spec names. The fifth of them cannot be read.
type drawn int

func (d drawn) Len() int          { return int(d) }
func (d drawn) Label(int) int     { return -1 }
func (d drawn) Classes() []string { return nil }
func (d drawn) Digest() string    { return strings.Repeat("drawn ", int(d)) }

func (d drawn) Image(i int) (tensor.Image, error) {
	if i == 5 {
		return tensor.Image{}, &data.UnreadableError{Err: errors.New("it is gone")}
	}
	return imagefile.From(photo(i)), nil
}

// drawnRun trains a mixture on drawn pictures.
func drawnRun(t *testing.T, set drawn) string {
	t.Helper()
	e, err := cpu.New(cpu.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	settings := config.Demo()
	for _, s := range mixedConfig(t).Set {
		if err := settings.Set(s); err != nil {
			t.Fatal(err)
		}
	}
	task, run := settings.Task("drawn"), t.TempDir()
	task.Data, task.Engine = set, e
	if _, err := train.Run(t.Context(), task, train.Options{Out: run, MaxUnreadable: 0.5}); err != nil {
		t.Fatal(err)
	}
	return run
}

func TestAMixtureOfOwnImagesKeepsWhatItSegmentsWith(t *testing.T) {
	const set = drawn(12)
	run := drawnRun(t, set)
	kept := train.NegativesPath(train.CheckpointPath(run))
	if err := openAt(t, run, Options{}).PrepareSegment(t.Context()); !errors.Is(err, ErrNoNegatives) ||
		!strings.Contains(err.Error(), "PrepareSegmentFrom") {
		t.Errorf("no spec names its images: %v", err)
	}
	var notes []string
	note := Options{Note: func(what string) { notes = append(notes, what) }}
	if err := openAt(t, run, note).PrepareSegmentFrom(t.Context(), set+1); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(kept); err == nil || len(notes) != 1 || !strings.Contains(notes[0], "other images") {
		t.Errorf("of other images: %v, notes %q", err, notes)
	}
	m := openAt(t, run, Options{Negatives: "shapes:train=9"})
	if err := m.PrepareSegmentFrom(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Fatal(err)
	}
	want, err := m.Segment(t.Context(), photo(3), SegmentOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := openAt(t, run, Options{}).Segment(t.Context(), photo(3), SegmentOptions{})
	if err != nil || !slices.Equal(got.Grid.V, want.Grid.V) {
		t.Errorf("opened later: %v, other numbers", err)
	}
	if err := m.PrepareSegmentFrom(t.Context(), nil); err == nil {
		t.Error("it takes no data set at all")
	}
}
