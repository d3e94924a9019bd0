package selftest

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// Bound is how large the error of a tensor may be: Times that of plain Go, and Least more.
// The loss, a single number, is at times exact by chance: hence Least.
type Bound struct {
	Times, Least float64
}

// Plain is the bound of plain Go itself, which nothing else measures, in a precision: f32
// or bf16. An error in a kernel is mostly as large as what it computes: 1.
func Plain(precision string) Bound {
	if precision == "f32" {
		return Bound{Least: 1e-3}
	}
	return Bound{Least: 0.5}
}

// Kernels is the bound of other kernels of the same engine, which round the same values.
func Kernels(precision string) Bound {
	if precision == "f32" {
		return Bound{Times: 5, Least: 2e-5}
	}
	return Bound{Times: 3, Least: 0.03}
}

// Engines is the bound of other engines, which round in other places.
func Engines(precision string) Bound {
	if precision == "f32" {
		return Bound{Times: 10, Least: 1e-4}
	}
	return Bound{Times: 5, Least: 0.1}
}

// Used is the largest share of the bound that an error takes: above 1 it is too large.
// plain are the errors of plain Go, unless that is what errs are of.
func (b Bound) Used(errs, plain Errors) float64 {
	_, used := b.worst(errs, plain)
	return used
}

// Check returns an error that names the tensor that is furthest beyond the bound.
func (b Bound) Check(errs, plain Errors) error {
	worst, used := b.worst(errs, plain)
	if !(used <= 1) {
		return fmt.Errorf("%s: relative error %.2g, and at most %.2g is right",
			worst, errs[worst], b.of(plain[worst]))
	}
	return nil
}

func (b Bound) of(plain float64) float64 { return b.Times*plain + b.Least }

func (b Bound) worst(errs, plain Errors) (name string, used float64) {
	for _, n := range slices.Sorted(maps.Keys(errs)) {
		if u := errs[n] / b.of(plain[n]); !(u <= used) { // also Inf/Inf, where plain Go is wrong as well
			name, used = n, u
		}
		if math.IsNaN(used) {
			return name, math.Inf(1)
		}
	}
	return name, used
}
