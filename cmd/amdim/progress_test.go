package main

import (
	"strings"
	"testing"
	"time"

	"github.com/amdim/amdim/train"
)

func TestProgressFitsItsLine(t *testing.T) {
	s := train.Status{Step: 13, Steps: 1560, Until: 1560, Epoch: 1, Epochs: 5}
	s.Latest = train.Record{Step: 10, Loss: 23.43, PairsPerSecond: 118}
	s.Latest.Probes = map[string]train.Probe{"linear": {Accuracy: 0.111}, "mlp": {Accuracy: 0.114}}
	p := progress{began: time.Now()}
	last := 0
	for _, c := range []struct {
		room int
		want string
	}{
		{200, "pairs/s"}, {75, "mlp"}, {45, "chance"}, {35, "loss"}, {25, "epoch 1/5, "},
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

func TestTimeLeftIsThatOfThisRun(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     train.Status
		made  int
		took  time.Duration
		wants time.Duration
	}{
		{"all epochs", train.Status{Step: 10, Steps: 100, Until: 100}, 10, 10 * time.Second, 90 * time.Second},
		{"resumed", train.Status{Step: 60, Steps: 100, Until: 100}, 10, 10 * time.Second, 40 * time.Second},
		{"--max-steps", train.Status{Step: 10, Steps: 100, Until: 20}, 10, 10 * time.Second, 10 * time.Second},
		{"--minutes", train.Status{Step: 10, Steps: 100, Until: 100, Left: 50 * time.Second}, 10, 10 * time.Second,
			50 * time.Second},
		{"more minutes than updates", train.Status{Step: 10, Steps: 100, Until: 100, Left: time.Hour}, 10,
			10 * time.Second, 90 * time.Second},
		{"nothing known", train.Status{Steps: 100, Until: 100}, 0, 0, 0},
		{"--minutes before the first update", train.Status{Steps: 100, Until: 100, Left: time.Minute}, 0, 0,
			time.Minute},
		{"the end", train.Status{Step: 100, Steps: 100, Until: 100}, 10, 10 * time.Second, 0},
	} {
		if got := remaining(c.s, c.made, c.took); got != c.wants {
			t.Errorf("%s: %v, want %v", c.name, got, c.wants)
		}
	}
}
