package amdim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// change adds, rewrites, replaces by a file of the same size, and removes photos of a folder.
func change(t *testing.T, dir string) {
	t.Helper()
	copied := func(from, to string) {
		t.Helper()
		file, err := os.ReadFile(filepath.Join(dir, from))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, to), file, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	copied("p3.png", "a-new.png")
	was, err := os.Stat(filepath.Join(dir, "p5.png"))
	if err != nil {
		t.Fatal(err)
	}
	copied("p3.png", "p5.png")
	is, err := os.Stat(filepath.Join(dir, "p5.png"))
	if err == nil && is.Size() != was.Size() { // of it, only the size is another
		err = os.Chtimes(filepath.Join(dir, "p5.png"), was.ModTime(), was.ModTime())
	} else if err == nil {
		err = fmt.Errorf("p3.png and p5.png have %d bytes", was.Size())
	}
	if err != nil {
		t.Fatal(err)
	}
	copied("damaged.png", "p2.png")
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(filepath.Join(dir, "p0.png"), later, later); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "p4.png")); err != nil {
		t.Fatal(err)
	}
}

func TestAnUpdatedSetIsThatOfTheFolder(t *testing.T) {
	ctx, dir := context.Background(), photos(t, 6)
	var told []int
	m := open(t, Options{Threads: 1, Progress: func(_, total int) { told = append(told, total) }})
	old, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	before := *old
	before.X = slices.Clone(old.X)
	change(t, dir)
	told = nil
	got, did, bad, err := m.UpdateSet(ctx, old)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{5, 5, 5, 5, 5}; !slices.Equal(told, want) { // a-new, damaged, p0, p2, p5
		t.Errorf("images that were read, of: %v, want %v", told, want)
	}
	if !reflect.DeepEqual(old, &before) {
		t.Error("the old set has changed")
	}
	if want := (Changes{Added: 1, Again: 2, Gone: 2, Kept: 2}); did != want {
		t.Errorf("%+v, want %+v", did, want)
	}
	want, wantBad, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) || fmt.Sprint(bad) != fmt.Sprint(wantBad) {
		t.Errorf("%q of %+v without %v, want %q of %+v without %v",
			got.Names, got.Model, bad, want.Names, want.Model, wantBad)
	}
	told = nil
	again, _, _, err := m.UpdateSet(ctx, got)
	if err != nil || !reflect.DeepEqual(again, got) || len(told) != 2 {
		t.Errorf("again: %+v, %v; %d images were read, want the 2 that are damaged", again, err, len(told))
	}
}

func TestAnUpdateComputesWhatHasNoVersion(t *testing.T) {
	ctx, m := context.Background(), open(t, Options{})
	shapes, _, err := m.EmbedData(ctx, fewShapes, "test")
	if err != nil {
		t.Fatal(err)
	}
	if shapes.Versions != nil {
		t.Errorf("versions of generated images: %q", shapes.Versions)
	}
	spoilt := *shapes
	spoilt.X = make([]float32, len(shapes.X))
	if got, _, _, err := m.UpdateSet(ctx, &spoilt); err != nil || !reflect.DeepEqual(got, shapes) {
		t.Errorf("%v, other vectors: %v", err, !reflect.DeepEqual(got, shapes))
	}
}

func TestVectorsOfTwoEnginesNameNone(t *testing.T) {
	ctx, dir, m := context.Background(), photos(t, 6), open(t, Options{})
	old, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	old.Model.Engine = "another"
	same, _, _, err := m.UpdateSet(ctx, old)
	if err != nil || same.Model.Engine != "another" {
		t.Errorf("engine of what was all kept: %q, %v", same.Model.Engine, err)
	}
	change(t, dir)
	mixed, _, _, err := m.UpdateSet(ctx, old)
	if err != nil || mixed.Model.Engine != "" {
		t.Errorf("engine of both: %q, %v", mixed.Model.Engine, err)
	}
	old.Versions = nil
	all, _, _, err := m.UpdateSet(ctx, old)
	if err != nil || all.Model.Engine != m.engine.Name() {
		t.Errorf("engine of what was all computed: %q, %v", all.Model.Engine, err)
	}
}

func TestUpdateSetRefusesWhatItCannotKnow(t *testing.T) {
	ctx, dir, m := context.Background(), photos(t, 2), open(t, Options{})
	set := func(change func(s *Set)) *Set {
		s, _, err := m.EmbedFolder(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		change(s)
		return s
	}
	for _, c := range []struct {
		old  *Set
		want string
	}{
		{nil, "no images"},
		{set(func(s *Set) { s.Model.Images = "" }), "does not say which images"},
		{set(func(s *Set) { s.Model.Checkpoint = "ab12" }), "another network"},
		{set(func(s *Set) { s.Model.Checkpoint = "" }), "does not say which network"},
		{set(func(s *Set) { s.Model.Images = "folder:" + dir + "/none" }), dir + "/none"},
	} {
		_, _, _, err := m.UpdateSet(ctx, c.old)
		if err == nil || !strings.HasPrefix(err.Error(), "amdim: update set: ") ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	anew := set(func(s *Set) { s.Versions = nil })
	if _, _, _, err := m.UpdateSet(stopped, anew); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

func TestUpdatedLabelsAreThoseOfTheFolder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	shots := photos(t, 6)
	for i := range 6 {
		class := filepath.Join(dir, string("ab"[i%2]))
		if err := os.MkdirAll(class, 0o755); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("p%d.png", i)
		if err := os.Rename(filepath.Join(shots, name), filepath.Join(class, name)); err != nil {
			t.Fatal(err)
		}
	}
	var read int
	m := open(t, Options{Threads: 1, Progress: func(done, _ int) { read = done }})
	old, _, err := m.EmbedLabelled(ctx, "folder:"+dir, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "a0"), 0o755); err != nil { // other numbers for b
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "b", "p1.png"), filepath.Join(dir, "a0", "p1.png")); err != nil {
		t.Fatal(err)
	}
	got, bad, err := m.UpdateLabelled(ctx, old)
	if err != nil || len(bad) > 0 || read != 1 {
		t.Fatalf("%v, unreadable %v, %d images read, want 1", err, bad, read)
	}
	want, _, err := m.EmbedLabelled(ctx, "folder:"+dir, "")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q %v of %q, want %q %v of %q (%v)",
			got.Set.Names, got.Labels, got.Classes, want.Set.Names, want.Labels, want.Classes, err)
	}
	if _, _, err := m.UpdateLabelled(ctx, Examples{}); err == nil {
		t.Error("no labelled images were updated")
	}
}
