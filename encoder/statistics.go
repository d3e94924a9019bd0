package encoder

// EachStatistic calls f for BatchNorm's running statistics, so that they can be kept: Refresh
// takes time.
func (e *Encoder) EachStatistic(f func(name string, v []float32) error) error {
	statistics := e.statistics()
	return e.state.Each(func(name string, v []float32) error {
		if !statistics[name] {
			return nil
		}
		return f(name, v)
	})
}

// SetStatistic sets a statistic that EachStatistic gave.
func (e *Encoder) SetStatistic(name string, v []float32) error { return e.state.Set(name, v) }

// statistics are the names of BatchNorm's running statistics.
func (e *Encoder) statistics() map[string]bool {
	names := map[string]bool{}
	for _, v := range e.model.Encode(e.taps...).Vars {
		if !v.Trainable {
			names[v.Name] = true
		}
	}
	return names
}
