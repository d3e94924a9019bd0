package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/train"
)

func TestAllowingMoreUnreadableImagesSaysSoOnce(t *testing.T) {
	const resume = "amdim pretrain --resume --out run"
	for allowed, want := range map[float64][2]string{
		0: {"", " --max-unreadable 0.5"}, train.MaxUnreadable: {"", " --max-unreadable 0.5"},
		-1:  {" --max-unreadable 0", " --max-unreadable 0.5"},
		0.6: {" --max-unreadable 0.6", " --max-unreadable 1"},
	} {
		p := pretrain{options: train.Options{Out: "run", MaxUnreadable: allowed}}
		if got := p.again(); got != resume+want[0] {
			t.Errorf("%g: %s", allowed, got)
		}
		if got := p.tooManyUnreadable(train.ErrUnreadable).Error(); !strings.HasSuffix(got, ": "+resume+want[1]) {
			t.Errorf("%g: %s", allowed, got)
		}
	}
}

func TestNextCommandsAreQuoted(t *testing.T) {
	var messages bytes.Buffer
	c := &cobra.Command{}
	c.SetOut(io.Discard)
	c.SetErr(&messages)
	shapes, err := data.NewShapes(data.DefaultShapes(), data.Train)
	if err != nil {
		t.Fatal(err)
	}
	p := pretrain{options: train.Options{Out: "my run"}}
	p.next = func() []string { return following(t.Context(), p.options.Out, "folder:my photos", shapes, true) }
	done := train.Result{Status: train.Status{Step: 2, Steps: 2}}
	e := embed{out: "my photos.npy", model: "my run"}
	const resume = "amdim pretrain --resume --out 'my run'"
	for want, report := range map[string]func() error{
		"amdim eval --model 'my run' --data 'folder:my photos' --protocol segmentation\n" +
			"next: amdim segment --model 'my run' --out segments IMAGE": func() error {
			return p.report(c, done)
		},
		resume: func() error {
			return p.report(c, train.Result{Status: train.Status{Step: 1, Steps: 2}})
		},
		resume + " --engine torch --device cuda:1 --graphs --tune --threads 2": func() error {
			gpu := p
			gpu.engine = engineFlags{name: "torch", device: "cuda:1", graphs: true, tune: true, threads: 2}
			return gpu.report(c, train.Result{Status: train.Status{Step: 1, Steps: 2}})
		},
		"amdim search --index 'my photos.npy' --model 'my run' IMAGE": func() error {
			return e.report(c, &amdim.Set{}, nil)
		},
	} {
		messages.Reset()
		if err := report(); err != nil || messages.String() != "next: "+want+"\n" {
			t.Errorf("%v, %s, want %s", err, messages.String(), want)
		}
	}
}
