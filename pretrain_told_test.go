package amdim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestPretrainTellsOfWhatNoErrorTells(t *testing.T) {
	plain := tinyConfig(t.TempDir())
	if _, err := Pretrain(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	var notices, unreadable []string
	var steps []int
	c := PretrainConfig{
		Init: plain.Out, Data: "folder:" + photos(t, 9), Out: t.TempDir(), MaxSteps: 2,
		Set:      []string{"model.mix.k=4", "train.epochs=3"},
		OnNotice: func(format string, args ...any) { notices = append(notices, fmt.Sprintf(format, args...)) },
		OnStep:   func(s Status) { steps = append(steps, s.Step) },
		OnUnreadable: func(name string, err error) {
			unreadable = append(unreadable, fmt.Sprint(name, ": ", err))
		},
	}
	if _, err := Pretrain(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	const want = "lacks a part of the network, or has it in another size: mix begins with random weights"
	if len(notices) != 1 || !strings.Contains(notices[0], want) {
		t.Errorf("notices %q, want %q", notices, want)
	}
	if !slices.Equal(steps, []int{1, 2}) {
		t.Errorf("told of updates %v", steps)
	}
	if len(unreadable) != 1 || !strings.HasPrefix(unreadable[0], "damaged.png: ") {
		t.Errorf("told of unreadable images %q", unreadable)
	}
}

func TestPretrainStopsWhereMoreAreUnreadableThanAllowed(t *testing.T) {
	c := tinyConfig(t.TempDir())
	c.Data, c.MaxUnreadable = "folder:"+photos(t, 9), -1
	if _, err := Pretrain(t.Context(), c); !errors.Is(err, ErrUnreadable) {
		t.Error(err)
	}
}

func TestPretrainOverwritesOnlyARunThatItIsToldTo(t *testing.T) {
	c := tinyConfig(t.TempDir())
	for _, c.Overwrite = range []bool{false, true} {
		if r, err := Pretrain(t.Context(), c); err != nil || r.Step != 2 {
			t.Fatalf("update %d, %v", r.Step, err)
		}
	}
	c.Resume = true
	for _, c.Out = range []string{c.Out, t.TempDir()} {
		_, err := Pretrain(t.Context(), c)
		if err == nil || !strings.Contains(err.Error(), "both Resume and Overwrite: choose one") {
			t.Errorf("both: %v", err)
		}
	}
}
