package eval

import (
	"math"
	"strings"
	"testing"
)

func TestConfigNamesWhatCannotBeUsed(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(c *Config){
		"probe.schedule.lr = NaN": func(c *Config) { c.Probe.Schedule.LR = math.NaN() },
		"probe.schedule.lr = 0":   func(c *Config) { c.Probe.Schedule.LR = 0 },
		"paper.schedule.lr = -1":  func(c *Config) { c.Paper.Schedule.LR = -1 },
		"knn.temperature = NaN":   func(c *Config) { c.KNN.Temperature = math.NaN() },
		"seed 4 twice":            func(c *Config) { c.Seeds = []uint64{4, 5, 4} },
		"seeds = 0":               func(c *Config) { c.Seeds = nil },
		"protocol knn twice":      func(c *Config) { c.Protocols = []string{KNN, KNN} },
	} {
		c := Default()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
