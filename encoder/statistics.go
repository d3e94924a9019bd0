package encoder

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// EachStatistic calls f for BatchNorm's running statistics, so that they can be kept: Refresh
// takes time.
func (e *Encoder) EachStatistic(f func(name string, v []float32) error) error {
	statistics := e.statistics()
	return e.state.Each(func(name string, v []float32) error {
		if _, ok := statistics[name]; !ok {
			return nil
		}
		return f(name, v)
	})
}

// SetStatistics sets the statistics to what EachStatistic gave, by name. Unless all are there,
// nothing else, and every number is finite, it is an error and none is set: nothing but
// statistics of a frozen network can change.
func (e *Encoder) SetStatistics(all map[string][]float32) error {
	known := e.statistics()
	for name, v := range all {
		switch n, ok := known[name]; {
		case !ok:
			return fmt.Errorf("encoder: %q is no statistic of the network", name)
		case len(v) != n:
			return fmt.Errorf("encoder: statistic %s has %d numbers, need %d", name, len(v), n)
		}
		if i := tensor.NonFinite(v); i >= 0 {
			return fmt.Errorf("encoder: number %d of statistic %s is %v", i, name, v[i])
		}
	}
	if len(all) < len(known) {
		return fmt.Errorf("encoder: %d of the network's %d statistics", len(all), len(known))
	}
	for name, v := range all {
		if err := e.state.Set(name, v); err != nil {
			return err
		}
	}
	return nil
}

// statistics are BatchNorm's running statistics: how many numbers each has.
func (e *Encoder) statistics() map[string]int {
	numbers := map[string]int{}
	for _, v := range e.model.Encode(e.taps...).Vars {
		if !v.Trainable {
			numbers[v.Name] = tensor.Size(v.Shape)
		}
	}
	return numbers
}
