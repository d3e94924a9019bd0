package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/train"
)

// augmentOf is the augmentation that the settings of a run hold.
func augmentOf(t *testing.T, run string) augment.Config {
	t.Helper()
	c, err := config.Parse([]byte(read(t, filepath.Join(run, "config.json"))))
	if err != nil {
		t.Fatal(err)
	}
	return c.Augment
}

func TestAugmentationFlagsAreSettings(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "policy.json")
	put(t, file, []byte(`[[("Rotate", 0.5, 0.25), ('Cutout', 1, 1)], [["Invert", 1, 0]]]`))
	for _, c := range []struct {
		flags string
		want  func(c *augment.Config)
	}{
		{"--augment plain", func(*augment.Config) {}},
		{"--augment strong", func(c *augment.Config) { *c = c.Strong() }},
		{"--augment strong --policy none", func(c *augment.Config) {
			*c = c.Strong()
			c.Policy = augment.PolicyConfig{}
		}},
		{"--ablation strong --policy randaugment", func(c *augment.Config) {
			*c = c.Strong()
			c.Policy = augment.PolicyConfig{Name: "randaugment", N: 2, M: 9}
		}},
		{"--ablation strong --policy none", func(c *augment.Config) {
			*c = c.Strong()
			c.Policy = augment.PolicyConfig{}
		}},
		{"--policy randaugment --set augment.policy.m=12", func(c *augment.Config) {
			c.Policy = augment.PolicyConfig{Name: "randaugment", N: 2, M: 12}
		}},
		{"--policy " + file, func(c *augment.Config) {
			c.Policy.Sub = augment.SubPolicies{{{Op: "Rotate", P: 0.5, Level: 0.25}, {Op: "Cutout", P: 1, Level: 1}},
				{{Op: "Invert", P: 1}}}
		}},
	} {
		run := filepath.Join(dir, "run")
		mustRun(t, strings.Join(tiny(run, "--overwrite", "--max-steps", "1"), " ")+" "+c.flags)
		want := config.Demo()
		c.want(&want.Augment)
		got := config.Config{Model: want.Model, Augment: augmentOf(t, run), Train: want.Train}
		if d := config.Diff(got, want); d != nil {
			t.Errorf("%s: differs in %v", c.flags, d)
		}
	}
}

// A searched policy is stored whole: going on needs neither flag nor file.
func TestResumeNeedsNoPolicyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.json")
	put(t, file, []byte(`[[["Rotate", 0.5, 0.25]], [["Sharpness", 1, 0], ["Color", 0.5, 1]]]`))
	whole, parts := t.TempDir(), t.TempDir()
	strong := []string{"--augment", "strong", "--policy", file}
	mustRun(t, "", tiny(whole, strong...)...)
	mustRun(t, "", tiny(parts, append(strong, "--max-steps", "7")...)...)
	mustRun(t, "", append([]string{"pretrain", "--resume", "--max-steps", "9", "--out", parts}, strong...)...)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "pretrain --resume --out "+parts)
	if read(t, train.CheckpointPath(whole)) != read(t, train.CheckpointPath(parts)) {
		t.Error("checkpoints differ")
	}
}

func TestInspectShowsTheBeginningOfALongPolicy(t *testing.T) {
	dir := t.TempDir()
	file, run := filepath.Join(dir, "policy.json"), filepath.Join(dir, "run")
	put(t, file, []byte("["+strings.Repeat(`[["Rotate", 0.5, 0.25], ["Color", 0.5, 1]],`, 500)+"]"))
	mustRun(t, "", tiny(run, "--max-steps", "1", "--policy", file)...)
	out, _, err := execute("inspect", run)
	if err != nil || !strings.Contains(out, "bytes in all") {
		t.Fatalf("%v, %q", err, out)
	}
	for line := range strings.Lines(out) {
		if len(line) > mostSettings+100 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}
