package main

import (
	"strings"
	"testing"

	"github.com/amdim/amdim/eval"
)

func TestFewUpdatesOfAProbeAreNoted(t *testing.T) {
	for _, c := range []struct {
		images, batch int
		protocol      string
		want          string
	}{
		{4000, 500, eval.Linear, "160 updates on 4,000 train images: --probe-batch 80 gives it 1000"},
		{901, 500, eval.MLP, "20 updates on 901 train images: --probe-batch 18 gives it 1000"},
		{7, 500, eval.Linear, "20 updates on 7 train images: --probe-batch 2 gives it 60"},
		{300, 500, eval.Linear, "20 updates on 300 train images: --probe-batch 10 gives it 600"},
		{50000, 500, eval.Linear, ""},
		{4000, 100, eval.Linear, ""},
		{4000, 500, eval.KNN, ""},
		{3, 2, eval.Linear, ""},
		{2, 500, eval.Linear, ""}, // no batch is smaller
		{0, 500, eval.Linear, ""},
	} {
		config := eval.Default()
		config.Protocols, config.Probe.Batch = []string{c.protocol}, c.batch
		if got := fewUpdates(config, c.images); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%d images in batches of %d for %s: %q, want %q", c.images, c.batch, c.protocol, got, c.want)
		}
	}
}
