package mixture

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/model"
)

func normals(seed uint64, n int, scale float64) []float32 {
	x, s := make([]float32, n), rng.New(seed, 0, 0, rng.Generate)
	for i := range x {
		x[i] = float32(scale * s.Normal())
	}
	return x
}

const (
	fitted   = 70 // locations
	fitDim   = 40
	fitK     = 3
	fitNegs  = 90
	fitClip  = 5
	fitTau   = 1.5
	fitPenal = 0.3
)

func newTestFit(t *testing.T, threads int) *fit {
	t.Helper()
	pool := parallel.New(threads)
	t.Cleanup(pool.Close)
	m := model.Config{NRKHS: fitDim, TClip: fitClip, Mix: model.Mix{K: fitK}}
	c := newClaims(m, normals(1, fitK*fitDim, 1), fitTau)
	others := negatives{Dim: fitDim, X: normals(3, fitNegs*fitDim, 1)}
	f, err := newFit(&c, normals(2, fitted*fitDim, 1), others, fitPenal, 0, pool)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// fitLoss is −mean (1/τ)·log Σ exp(τ·s_nce) + λ·mean raw², by its definition.
func fitLoss(components []float32) float64 {
	locations, others := normals(2, fitted*fitDim, 1), normals(3, fitNegs*fitDim, 1)
	penalty, loss := 0.0, 0.0
	raw := func(j int, x []float32) float64 {
		sum := 0.0
		for i, v := range x {
			sum += float64(components[j*fitDim+i]) * float64(v)
		}
		penalty += sum * sum / ((fitted + fitNegs) * fitK)
		return fitClip * math.Tanh(sum/fitClip)
	}
	var z [fitK]float64
	for j := range z {
		for x := range slices.Chunk(others, fitDim) {
			z[j] += math.Exp(raw(j, x))
		}
	}
	for x := range slices.Chunk(locations, fitDim) {
		sum := 0.0
		for j := range z {
			p := math.Exp(raw(j, x))
			sum += math.Pow(p/(p+z[j]), fitTau)
		}
		loss -= math.Log(sum) / fitTau / fitted
	}
	return loss + fitPenal*penalty
}

func TestFitFollowsTheGradientOfTheLoss(t *testing.T) {
	f := newTestFit(t, 2)
	f.differentiate()
	const h = 1e-3
	for _, at := range []int{0, 7, fitDim + 3, 2*fitDim + 39} {
		moved := slices.Clone(f.components)
		moved[at] += h
		up := fitLoss(moved)
		moved[at] = f.components[at] - h
		want := (up - fitLoss(moved)) / (2 * h)
		got := float64(f.gradient[at/fitDim*f.padded()+at%fitDim])
		if !(math.Abs(got-want) <= 1e-3*math.Abs(want)+1e-5) {
			t.Errorf("by number %d: %g, differences say %g", at, got, want)
		}
	}
}

func TestFitLowersTheLossAlikeOnAnyThreads(t *testing.T) {
	one, three := newTestFit(t, 1), newTestFit(t, 3)
	before := fitLoss(one.components)
	one.run(context.Background(), 30)
	three.run(context.Background(), 30)
	if after := fitLoss(one.components); !(after < before-0.1) {
		t.Errorf("loss %g, then %g", before, after)
	}
	if !slices.Equal(one.components, three.components) {
		t.Error("three threads fit other components than one")
	}
}

// One component predicts two kinds of locations, if they are not too many.
func TestSharesFadeWhereComponentsAreNotNeeded(t *testing.T) {
	pool := parallel.New(1)
	defer pool.Close()
	locations, a, b := make([]float32, 0, fitted*fitDim), normals(8, fitDim, 1), normals(9, fitDim, 1)
	for i := range fitted {
		locations = append(locations, [][]float32{a, b}[i%2]...)
	}
	fit := func(least float64) []float64 {
		c := newClaims(model.Config{NRKHS: fitDim, Mix: model.Mix{K: fitK}}, normals(1, fitK*fitDim, 1), fitTau)
		others := negatives{Dim: fitDim, X: normals(3, fitNegs*fitDim, 1)}
		f, err := newFit(&c, slices.Clone(locations), others, 0.04, least, pool)
		if err != nil {
			t.Fatal(err)
		}
		f.run(context.Background(), 200)
		return c.prior
	}
	if alike := fit(0); !slices.Equal(alike, []float64{0, 0, 0}) {
		t.Errorf("log shares %v, want all alike", alike)
	}
	sum, gone := 0.0, 0
	for _, p := range fit(0.05) {
		sum += math.Exp(p)
		if math.IsInf(p, -1) {
			gone++
		}
	}
	if gone == 0 || gone == fitK || !(math.Abs(sum-1) <= 1e-9) {
		t.Errorf("%d of 3 components faded, shares sum to %g", gone, sum)
	}
}

func TestAShareThatNoComponentReachesChangesNothing(t *testing.T) {
	f := newTestFit(t, 1)
	for j := 1; j < fitK; j++ { // alike: each takes a third
		copy(f.components[j*fitDim:(j+1)*fitDim], f.components[:fitDim])
	}
	f.least = 0.4
	f.run(context.Background(), 2)
	if !slices.Equal(f.prior, []float64{0, 0, 0}) {
		t.Errorf("log shares %v", f.prior)
	}
}
