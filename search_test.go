package amdim

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// reloaded is a set that was saved and loaded.
func reloaded(t *testing.T, s *Set) *Set {
	t.Helper()
	path := filepath.Join(t.TempDir(), "photos.npy")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	s, err := LoadSet(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnIndexOfAnotherNetworkIsRefused(t *testing.T) {
	ctx, dir := context.Background(), photos(t, 5)
	m := open(t, Options{})
	c := tinyConfig(t.TempDir())
	c.Set = append(c.Set, "train.seed=9")
	if _, err := Pretrain(ctx, c); err != nil {
		t.Fatal(err)
	}
	set, _, err := m.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	x, err := NewIndex(reloaded(t, set))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.CheckIndex(x); err != nil {
		t.Errorf("its own: %v", err)
	}
	if err := m.CheckIndex(nil); err == nil {
		t.Error("no index is no error")
	}
	other := openAt(t, c.Out, Options{})
	err = other.CheckIndex(x)
	if !errors.Is(err, ErrOtherNetwork) || !strings.Contains(err.Error(), c.Out) {
		t.Errorf("another's: %v", err)
	}
	query, _, err := other.EmbedFolder(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	if found, err := x.SearchAll(t.Context(), query, 1); !errors.Is(err, ErrOtherNetwork) {
		t.Errorf("vectors of another: %v, %v", found, err)
	}
	query.Model.Checkpoint = "" // as of vectors that another tool saved
	if _, err := x.SearchAll(t.Context(), query, 1); err != nil {
		t.Errorf("vectors of none that is known: %v", err)
	}
	short := &Set{Names: []string{"a", "b"}, Dim: 3, X: []float32{1, 2, 3, 4, 5, 7}} // of nobody knows what
	if x, err := NewIndex(short); err != nil || !errors.Is(m.CheckIndex(x), ErrOtherNetwork) {
		t.Errorf("vectors of another length: %v, %v", err, m.CheckIndex(x))
	}
	labelled := Examples{Set: short, Labels: []int32{0, 1}, Classes: []string{"a", "b"}}
	if _, err := m.LearnClasses(ctx, labelled, nil); !errors.Is(err, ErrOtherNetwork) {
		t.Errorf("labelled vectors of another length: %v", err)
	}
	if other.Close(); !errors.Is(other.CheckIndex(x), ErrClosed) {
		t.Error("after Close there is no error")
	}
}
