package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/engine/selftest"
	"github.com/amdim/amdim/internal/kernel"
)

// smallStep is one network with few images.
func smallStep(t *testing.T) *selftest.Definition {
	t.Helper()
	n := selftest.Networks()[3]
	n.Pairs = 8
	d, err := selftest.Define(n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSelfTestFindsEveryKernelSetRight(t *testing.T) {
	t.Setenv("AMDIM_KERNEL", "")
	s := selfTest{precision: "f32", engine: engineFlags{name: "cpu", threads: 2}}
	all, err := s.candidates()
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(all)
	if err := measureAll(context.Background(), smallStep(t), all); err != nil {
		t.Fatal(err)
	}
	if len(all) != len(kernel.Sets()) {
		t.Errorf("%d engines, want one for each of %d kernel sets", len(all), len(kernel.Sets()))
	}
	for i, k := range all {
		f := k.found
		if f.Engine != "cpu "+kernel.Sets()[i].Name+" f32" || len(f.Faults) > 0 || !*f.SameBytes ||
			!(0 < f.Used && f.Used <= 1) || !(0 < f.Outputs && f.Outputs < f.Gradients) || f.Updates == 0 {
			t.Errorf("%+v", f)
		}
	}
}

func TestSelfTestTakesTheKernelSetOfTheEnvironment(t *testing.T) {
	t.Setenv("AMDIM_KERNEL", "generic")
	s := selfTest{engine: engineFlags{name: "cpu"}}
	all, err := s.candidates()
	defer closeAll(all)
	if err != nil || len(all) != 2 || all[0].plain != "" {
		t.Errorf("%d engines, %v", len(all), err)
	}
	t.Setenv("AMDIM_KERNEL", "none")
	_, _, err = execute("selftest")
	if exitCode(err) != exitUsage || !strings.Contains(err.Error(), "AMDIM_KERNEL=none: ") {
		t.Errorf("an unknown set: %v", err)
	}
}

func TestSelfTestNamesWhatIsWrong(t *testing.T) {
	no := false
	r := selfTestResult{Engines: []testedEngine{
		{Engine: "cpu generic f32", Used: 0.1},
		{Engine: "cpu amx bf16", Used: math.MaxFloat64, SameBytes: &no, Faults: []string{"64 px: output f1: …"}},
	}}
	var b bytes.Buffer
	if err := (&selfTest{}).print(&b, r); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "cpu amx bf16, 64 px: output f1: …\n") ||
		!strings.Contains(text, "NO\n") || strings.Contains(text, "this machine computes") {
		t.Errorf("printed:\n%s", text)
	}
	err := r.verdict()
	if exitCode(err) != exitFailure ||
		!strings.Contains(err.Error(), "1 engine on this machine: cpu amx bf16 is wrong") ||
		!strings.Contains(err.Error(), "AMDIM_KERNEL=generic and use --precision f32") {
		t.Errorf("verdict %v", err)
	}
	b.Reset()
	if err := (&selfTest{json: true}).print(&b, r); err != nil || !json.Valid(b.Bytes()) {
		t.Errorf("JSON: %v\n%s", err, b.String())
	}
	if err := (selfTestResult{Engines: r.Engines[:1]}).verdict(); err != nil {
		t.Errorf("verdict on what is right: %v", err)
	}
}

func TestSelfTestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := measureAll(ctx, smallStep(t), []*candidate{{}})
	if stopped := new(stoppedError); !errors.As(err, stopped) {
		t.Errorf("after Ctrl-C: %v", err)
	}
}
