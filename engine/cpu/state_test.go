package cpu

import (
	"fmt"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
)

// BenchmarkUpdate is the norm of the gradient and Adam on 16 Mi weights, more than
// a cache holds, in variables of a quarter Mi. MB/s counts what is read and
// written.
func BenchmarkUpdate(b *testing.B) {
	const count, size = 64, 1 << 18
	e, err := New(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	var vars []graph.Var
	for i := range count {
		vars = append(vars, graph.Var{Name: fmt.Sprint(i), Shape: []int{size}, Trainable: true})
	}
	s := newState(e, vars, engine.Options{Adam: optim.DefaultAdam()})
	for _, x := range s.vars {
		for i := range x.g {
			x.w[i], x.g[i] = 1, float32(i%7)-3
		}
	}
	for _, k := range []struct {
		name  string
		bytes int64
		run   func()
	}{
		{"norm", 4, func() { s.gradNorm(s.vars) }},
		{"adam", 28, func() { s.update(s.vars, 1e-4) }},
	} {
		b.Run(k.name, func(b *testing.B) {
			b.SetBytes(k.bytes * count * size)
			for b.Loop() {
				k.run()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(count*size), "ns/weight")
		})
	}
}
