package main

import (
	"slices"
	"testing"

	"github.com/spf13/cobra"

	"github.com/amdim/amdim/config"
	"github.com/amdim/amdim/eval"
	"github.com/amdim/amdim/train"
)

// A result of fewer labels, which another evaluation put there, is not the sweep's; one of as
// many as the smallest class has is.
func TestAResultOfFewerLabelsIsNotTheSweeps(t *testing.T) {
	const few, many = "shapes:train=60,test=12", "shapes:train=300,test=12"
	for _, k := range []struct {
		data, shots string
		same        bool
	}{{few, "1", false}, {few, "1,5", true}, {many, "1,5", false}} {
		out := t.TempDir()
		mustRun(t, "pretrain --preset demo --batch 20 --epochs 1 --max-steps 1 --set model.ndf=4 "+
			"--set model.n_rkhs=16 --data "+k.data, "--out", out)
		mustRun(t, "eval --protocol few-shot --no-baselines --draws 1 --model", out,
			"--shots", k.shots, "--data", k.data)
		settings, _, err := config.Stored(train.CheckpointPath(out))
		if err != nil {
			t.Fatal(err)
		}
		c := &cobra.Command{}
		c.SetContext(t.Context())
		e := evaluate{config: eval.Default(), model: out, data: k.data}
		e.config.Protocols, e.config.Baselines = []string{eval.FewShot}, false
		e.config.FewShot.Draws = 1
		kept, err := e.evaluated(c, settings, 1)
		if err != nil || (kept != nil) != k.same {
			t.Errorf("--shots %s of %s: %+v, %v", k.shots, k.data, kept, err)
		}
		if kept != nil && !slices.Contains(kept.Config.FewShot.Shots, 5) {
			t.Errorf("shots %v", kept.Config.FewShot.Shots)
		}
	}
}
