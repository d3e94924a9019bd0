package eval

import (
	"strings"

	"github.com/amdim/amdim/optim"
)

// recordProbe is the schedule with which our quoted results were made.
func recordProbe() ProbeConfig {
	return ProbeConfig{
		Epochs:   20,
		Batch:    500,
		Schedule: optim.Schedule{LR: 1e-3, Drops: []int{14}, Factor: 0.1},
		Adam:     optim.Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, WeightDecay: 1e-5},
	}
}

// PaperProbe is the schedule of the paper's final classifiers on the data set
// that spec names, and that for CIFAR and STL-10 for data that the paper does not
// have (PAPER section 6). A drop at 80 lowers epochs 80, 81, … counted from 0.
func PaperProbe(spec string) ProbeConfig {
	c := ProbeConfig{
		Epochs:   120,
		Batch:    480,
		Schedule: optim.Schedule{LR: 2e-4, Drops: []int{80, 110}, Factor: 0.2},
		Adam:     optim.DefaultAdam(),
		Clipped:  true,
	}
	switch kind, _, _ := strings.Cut(spec, ":"); kind {
	case "imagenet":
		c.Epochs, c.Schedule.Drops = 30, []int{15, 25}
	case "places205":
		c.Epochs, c.Schedule.Drops = 15, []int{7, 12}
	}
	return c
}

// Within is the schedule fitted to a number of epochs: the learning rate drops
// after the same shares of them.
func (c ProbeConfig) Within(epochs int) ProbeConfig {
	drops := make([]int, len(c.Schedule.Drops))
	for i, d := range c.Schedule.Drops {
		drops[i] = (d*epochs + c.Epochs - 1) / c.Epochs
	}
	c.Epochs, c.Schedule.Drops = epochs, drops
	return c
}
