package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/kernel"
	"github.com/amdim/amdim/internal/parallel"
)

// In a group of processes other rows are summed together: in float32 within the
// bounds of the table, in bfloat16 a rounding that goes the other way passes
// through all that follows.
func TestGroupEqualsOneProcess(t *testing.T) {
	sets := kernel.Sets()
	best := sets[len(sets)-1].Name
	for _, c := range []struct {
		set, precision string
		enginetest.Options
	}{
		{sets[0].Name, F32, enginetest.Options{}},
		{best, F32, enginetest.Options{}},
		{best, BF16, enginetest.Options{Forward: 1e-4, Grad: 1e-3}},
	} {
		t.Run(c.set+" "+c.precision, func(t *testing.T) {
			enginetest.Distributed(t, func(t *testing.T) engine.Engine {
				e, err := New(Config{Kernel: c.set, Precision: c.precision, Threads: 1})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(e.Close)
				return e
			}, c.Options)
		})
	}
}

// Of one process, or of none, nothing differs from what it was without groups.
func TestGroupOfOneIsNotAsked(t *testing.T) {
	alone := enginetest.Groups(1)[0]
	alone.FailAt(1)
	if newPeers(alone) != nil || newPeers(nil) != nil {
		t.Error("a process that is alone has peers")
	}
}

// A float32 has 24 bits: sums of squares and counts of scores need more.
func TestSumsOfProcessesKeep48Bits(t *testing.T) {
	members := enginetest.Groups(2)
	var sums [2][]float64
	pool := parallel.New(2)
	defer pool.Close()
	pool.For(2, func(_, rank int) {
		sums[rank] = []float64{1<<40 + float64(rank), 1.0 / 3, 0}
		newPeers(members[rank]).sum(sums[rank])
	})
	for rank, v := range sums {
		if v[0] != 1<<41+1 || math.Abs(v[1]-2.0/3) > 1e-14 || v[2] != 0 {
			t.Errorf("process %d: sums %v", rank, v)
		}
	}
}

// Gradients of frozen variables, and running statistics, stay at home.
func TestBucketsAreTheTrainedGradients(t *testing.T) {
	var vars []graph.Var
	for i, trainable := range []bool{true, true, false, true, true} {
		vars = append(vars, graph.Var{Name: fmt.Sprint(i), Shape: []int{10 + i}, Trainable: trainable})
	}
	s := newState(nil, vars, engine.Options{Group: enginetest.Groups(2)[0]})
	for _, c := range []struct {
		trained []int
		want    []int // lengths in cache lines
	}{{[]int{0, 1, 3, 4}, []int{4}}, {[]int{0, 3}, []int{1, 1}}, {[]int{4}, []int{1}}, {nil, nil}} {
		var trained []*variable
		for _, i := range c.trained {
			trained = append(trained, s.vars[i])
		}
		var got []int
		for _, b := range s.buckets(trained) {
			got = append(got, len(b)/16)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("buckets of %v are %v, want %v", c.trained, got, c.want)
		}
	}
}
