package cpu

import (
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/internal/kernel"
)

// Every kernel set in both precisions passes the table of cases. A bfloat16
// number has 8 bits of mantissa: one rounding costs an NMSE of about 3e-6, a
// gradient through several layers some tens of it.
func TestOperationsEqualTheReference(t *testing.T) {
	bounds := map[string]enginetest.Options{F32: {}, BF16: {Forward: 1e-4, Grad: 1e-3}}
	for _, set := range kernel.Sets() {
		for precision, o := range bounds {
			t.Run(set.Name+" "+precision, func(t *testing.T) {
				enginetest.Run(t, newEngine(t, Config{Kernel: set.Name, Precision: precision}), o)
			})
		}
	}
}

// The table has operations that the network of TestAnyNumberOfThreadsGivesTheSameBytes lacks.
func TestOperationsWithSevenThreadsAreThoseWithOne(t *testing.T) {
	for _, set := range kernel.Sets() {
		for _, precision := range []string{F32, BF16} {
			t.Run(set.Name+" "+precision, func(t *testing.T) {
				if testing.Short() && set.Name == "generic" {
					t.Skip("takes seconds")
				}
				one := newEngine(t, Config{Kernel: set.Name, Precision: precision, Threads: 1})
				seven := newEngine(t, Config{Kernel: set.Name, Precision: precision, Threads: 7})
				enginetest.Identical(t, one, seven, 1)
			})
		}
	}
}

func BenchmarkEngine(b *testing.B) {
	for _, precision := range []string{F32, BF16} {
		b.Run(precision, func(b *testing.B) { enginetest.Bench(b, newEngine(b, Config{Precision: precision})) })
	}
}

func newEngine(t testing.TB, c Config) *Engine {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}
