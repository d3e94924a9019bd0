package checkpoint

// Sized is a Source that knows its arrays without reading them: a GPU's would
// otherwise be copied to the host just for their lengths. The order is that of Each.
type Sized interface {
	Sizes(f func(name string, n int) error) error
}

// sizes calls f for every array of s.
func sizes(s Source, f func(name string, n int) error) error {
	if s, ok := s.(Sized); ok {
		return s.Sizes(f)
	}
	return s.Each(func(name string, v []float32) error { return f(name, len(v)) })
}
