package embedding

import (
	"cmp"
	"context"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// withCopies gives some images of a random set the vector of another, exactly or
// nearly.
func withCopies(n int) *Set {
	s := randomSet(8, n, 16)
	copy(s.Row(n-1), s.Row(0)) // exactly
	for i, d := range []float32{0.01, 0.02, 0.05, 0.3} {
		copy(s.Row(n-2-i), s.Row(1))
		s.Row(n - 2 - i)[i] += d
	}
	return s
}

func TestDuplicatesEqualTheDefinition(t *testing.T) {
	for _, n := range []int{8, 64, 97, 200} {
		s := withCopies(n)
		rows, _ := standardised(s, nil)
		for _, threshold := range []float32{0.5, 0.98, 0.999, 1} {
			got, err := indexOf(t, s).Duplicates(context.Background(), threshold)
			if err != nil {
				t.Fatal(err)
			}
			var want []Pair
			for a := range n {
				for b := a + 1; b < n; b++ {
					if c := float32(cosineOf(rows.Row(a), rows.Row(b))); c >= threshold {
						want = append(want, Pair{a, b, c})
					}
				}
			}
			slices.SortStableFunc(want, func(p, q Pair) int { return cmp.Compare(q.Cosine, p.Cosine) })
			if !reflect.DeepEqual(got, want) {
				t.Errorf("n = %d, threshold %g:\n%v, want\n%v", n, threshold, got, want)
			}
		}
	}
}

func TestExactDuplicatesHaveCosineOne(t *testing.T) {
	s := withCopies(70)
	got, err := indexOf(t, s).Duplicates(context.Background(), 1)
	if err != nil || len(got) == 0 || got[0] != (Pair{0, 69, 1}) {
		t.Errorf("%v, %v", got, err)
	}
	same := &Set{Names: make([]string, 3), Dim: 2, X: []float32{1, 2, 1, 2, 1, 2}}
	got, err = indexOf(t, same).Duplicates(context.Background(), 1)
	if want := []Pair{{0, 1, 1}, {0, 2, 1}, {1, 2, 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
}

func TestDuplicatesRefuseAThresholdThatIsNoCosine(t *testing.T) {
	x := indexOf(t, randomSet(9, 20, 4))
	for _, threshold := range []float32{0, -0.5, 1.01, 98} {
		_, err := x.Duplicates(context.Background(), threshold)
		if err == nil || !strings.Contains(err.Error(), "threshold") {
			t.Errorf("threshold %g: error %v", threshold, err)
		}
	}
}

func TestGroupsAreWhatPairsConnect(t *testing.T) {
	for _, c := range []struct {
		pairs []Pair
		want  []Group
	}{
		{nil, nil},
		{[]Pair{{4, 7, 0.99}}, []Group{{[]int{4, 7}, 0.99, 1}}},
		{[]Pair{{4, 7, 0.98}, {1, 4, 0.99}}, []Group{{[]int{1, 4, 7}, 0.98, 2}}}, // in any order
		{
			[]Pair{{8, 9, 1}, {2, 3, 0.99}, {0, 5, 0.99}, {3, 5, 0.985}, {1, 4, 0.985}},
			[]Group{{[]int{8, 9}, 1, 1}, {[]int{0, 2, 3, 5}, 0.985, 3}, {[]int{1, 4}, 0.985, 1}},
		},
	} {
		if got := Groups(c.pairs); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: groups %v, want %v", c.pairs, got, c.want)
		}
	}
}

// BenchmarkDuplicates meets every pair of 100,000 vectors of 512 numbers: 5.1
// TFLOP, 60 s of one core of an AMD EPYC with AVX-512 (2026-11-24), shared by all
// cores. Set and index take 410 MB; with what waits to be collected the heap was
// 692 MB.
func BenchmarkDuplicates(b *testing.B) {
	x, err := NewIndex(randomSet(10, 100_000, 512), 0)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Duplicates(context.Background(), NearDuplicate); err != nil {
			b.Fatal(err)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapSys)/1e6, "heap-MB")
}
