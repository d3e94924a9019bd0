package feature

import (
	"context"
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// Sizes cross a panel of 32 vectors and a block of 64.
func TestPairsEqualTheDefinition(t *testing.T) {
	for _, n := range []int{1, 31, 33, 64, 65, 130} {
		f := random(3, n, 5, 2)
		b, err := NewBase(f, MomentsOf(f), 0)
		if err != nil {
			t.Fatal(err)
		}
		const least = 0.6
		got, err := b.Pairs(context.Background(), least, n*n)
		if err != nil {
			t.Fatal(err)
		}
		standard := Features{Dim: f.Dim, X: slices.Clone(f.X), Labels: f.Labels}
		Standardize(standard, standard.rows(0, 0))
		found := map[[2]int32]float32{}
		for _, p := range got {
			found[[2]int32{p.I, p.J}] = p.Cosine
		}
		if len(found) != len(got) {
			t.Fatalf("n = %d: a pair comes twice", n)
		}
		for i := range int32(n) {
			for j := i + 1; j < int32(n); j++ {
				want := Cosine(standard.Row(int(i)), standard.Row(int(j)))
				score, ok := found[[2]int32{i, j}]
				if near := math.Abs(want-least) < 1e-5; ok != (want >= least) && !near { // sums in float32
					t.Errorf("n = %d: pair %d, %d: cosine %g, found %v", n, i, j, want, ok)
				}
				if ok && !(math.Abs(float64(score)-want) <= 1e-5) {
					t.Errorf("n = %d: pair %d, %d: %g, want %g", n, i, j, score, want)
				}
				delete(found, [2]int32{i, j})
			}
		}
		if len(found) > 0 {
			t.Errorf("n = %d: pairs %v out of order or range", n, found)
		}
	}
}

// Vectors of one group are connected by pairs, those of two groups by none.
func TestGroupsAreWhatPairsConnect(t *testing.T) {
	const n, least = 130, 0.95
	f := random(3, n, 5, 2)
	b, err := NewBase(f, MomentsOf(f), 2)
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := b.Pairs(t.Context(), least, n*n)
	if err != nil {
		t.Fatal(err)
	}
	want := make([]int, n)
	for i := range want {
		want[i] = i
	}
	for range n {
		for _, p := range pairs {
			want[p.I] = min(want[p.I], want[p.J])
			want[p.J] = want[p.I]
		}
	}
	got, err := b.Groups(t.Context(), least)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if distinct := len(slices.Compact(slices.Sorted(slices.Values(got)))); distinct < 10 || distinct > n-10 {
		t.Errorf("%d groups of %d vectors: the test shows nothing", distinct, n)
	}
}

// rows are the vectors lo to hi.
func (f Features) rows(lo, hi int) Features {
	return Features{Dim: f.Dim, X: f.X[lo*f.Dim : hi*f.Dim], Labels: f.Labels[lo:hi]}
}

func TestPairsEndAtTheLimitAndWithTheContext(t *testing.T) {
	f := random(4, 100, 3, 2)
	b, err := NewBase(f, Moments{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Pairs(context.Background(), -2, 4949); err == nil || !strings.Contains(err.Error(), "4949") {
		t.Errorf("4950 pairs, limit 4949: error %v", err)
	}
	if p, err := b.Pairs(context.Background(), -2, 4950); err != nil || len(p) != 4950 {
		t.Errorf("%d of 4950 pairs, error %v", len(p), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Pairs(ctx, 0, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v after the context was done", err)
	}
	if _, err := b.Groups(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("groups: error %v after the context was done", err)
	}
	if _, err := b.Nearest(ctx, f, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("nearest: error %v after the context was done", err)
	}
}

// crowd is a context that counts the goroutines there are when it is looked at.
type crowd struct {
	context.Context
	most atomic.Int64
}

func (c *crowd) Err() error {
	c.most.Store(max(c.most.Load(), int64(runtime.NumGoroutine())))
	return nil
}

func TestFewQueriesStartNoThreadsThatOnlyWait(t *testing.T) {
	const threads = 8
	f := random(3, 200, 5, 2)
	b, err := NewBase(f, MomentsOf(f), threads)
	if err != nil {
		t.Fatal(err)
	}
	c, before := &crowd{Context: context.Background()}, int64(runtime.NumGoroutine())
	if _, err := b.Nearest(c, random(4, 1, 5, 2), 1); err != nil {
		t.Fatal(err)
	}
	if got := c.most.Load() - before; got >= threads-1 { // those of earlier pools may be ending
		t.Errorf("one query started %d threads", got)
	}
}
