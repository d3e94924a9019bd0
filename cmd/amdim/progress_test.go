package main

import (
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/train"
)

func TestProgressFitsItsLine(t *testing.T) {
	s := train.Status{Step: 13, Steps: 1560, Epoch: 1, Epochs: 5}
	s.Latest = train.Record{Step: 10, Loss: 23.43, PairsPerSecond: 118}
	s.Latest.Probes = map[string]train.Probe{"linear": {Accuracy: 0.111}, "mlp": {Accuracy: 0.114}}
	p := progress{began: time.Now()}
	last := 0
	for _, c := range []struct {
		room int
		want string
	}{
		{200, "pairs/s"}, {70, "mlp"}, {45, "loss"}, {30, "epoch 1/5, "},
	} {
		text := p.short(s, c.room)
		if len(text) > c.room || !strings.Contains(text, c.want) || !strings.HasSuffix(text, " left") {
			t.Errorf("%d letters: %q, want %q in at most %d", len(text), text, c.want, c.room)
		}
		if last > 0 && len(text) >= last {
			t.Errorf("%q is no shorter than with more room", text)
		}
		last = len(text)
	}
}
