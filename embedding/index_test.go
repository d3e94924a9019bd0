package embedding

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/rng"
)

// randomSet has n images named d0/0.jpg, d1/1.jpg, … d9/9.jpg, d0/10.jpg, …
func randomSet(seed uint64, n, dim int) *Set {
	s := &Set{Dim: dim, X: make([]float32, n*dim)}
	stream := rng.New(seed, 0, 0, rng.Sample)
	for i := range s.X {
		s.X[i] = float32(3 + 2*stream.Normal())
	}
	for i := range n {
		s.Names = append(s.Names, fmt.Sprintf("d%d/%d.jpg", i%10, i))
	}
	return s
}

func indexOf(t *testing.T, s *Set) *Index {
	t.Helper()
	x, err := NewIndex(s, 0)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// standardised are the vectors by their definition, with a query by the same moments.
func standardised(s *Set, query []float32) (rows, q feature.Features) {
	rows = feature.Features{Dim: s.Dim, X: slices.Clone(s.X)}
	q = feature.Features{Dim: s.Dim, X: slices.Clone(query)}
	feature.Standardize(rows, q)
	return rows, q
}

func cosineOf(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab, aa, bb = ab+float64(a[i])*float64(b[i]), aa+float64(a[i])*float64(a[i]), bb+float64(b[i])*float64(b[i])
	}
	return ab / math.Sqrt(aa*bb)
}

func TestSearchEqualsSortingAllCosines(t *testing.T) {
	for _, n := range []int{2, 31, 33, 100} {
		s, query := randomSet(1, n, 9), randomSet(2, 70, 9)
		rows, q := standardised(s, query.X)
		all, err := indexOf(t, s).SearchAll(t.Context(), query, 20)
		if err != nil {
			t.Fatal(err)
		}
		for i, matches := range all {
			want := make([]int, n)
			for j := range want {
				want[j] = j
			}
			slices.SortStableFunc(want, func(a, b int) int {
				return cmp.Compare(cosineOf(q.Row(i), rows.Row(b)), cosineOf(q.Row(i), rows.Row(a)))
			})
			if len(matches) != min(20, n) {
				t.Fatalf("n = %d: %d matches", n, len(matches))
			}
			for j, m := range matches {
				c := cosineOf(q.Row(i), rows.Row(want[j]))
				if m.Name != s.Names[m.Index] || !(math.Abs(float64(m.Cosine)-c) <= 1e-6) { // one rounding to float32
					t.Fatalf("n = %d, query %d, match %d: %+v, want image %d with %g", n, i, j, m, want[j], c)
				}
			}
		}
	}
}

func TestAnImageOfTheSetHasCosineOneWithItself(t *testing.T) {
	s := randomSet(3, 50, 33)
	x := indexOf(t, s)
	for i := range s.Len() {
		m, err := x.Search(s.Row(i), 1)
		if err != nil || m[0].Index != i || m[0].Cosine != 1 {
			t.Fatalf("image %d: %+v, %v", i, m, err)
		}
		near, err := x.Near(i, 49)
		if err != nil || len(near) != 49 || slices.ContainsFunc(near, func(m Match) bool { return m.Index == i }) {
			t.Fatalf("image %d: its %d neighbours hold itself, or %v", i, len(near), err)
		}
	}
}

// One image has no deviation to standardise by.
func TestSetsOfOneImageAndOfEqualImagesAreSearched(t *testing.T) {
	for n := 1; n <= 2; n++ {
		s := &Set{Names: []string{"a", "b"}[:n], Dim: 2, X: []float32{3, 4, 3, 4}[:2*n]}
		x := indexOf(t, s)
		if m, err := x.Search([]float32{3, 4}, 5); err != nil || len(m) != n || m[n-1].Cosine != 1 {
			t.Errorf("%d images: %+v, %v", n, m, err)
		}
		if m, err := x.Search([]float32{4, -3}, 1); err != nil || m[0].Cosine != 0 {
			t.Errorf("%d images: %+v, %v, want cosine 0", n, m, err)
		}
	}
}

func TestSearchSaysWhatIsWrong(t *testing.T) {
	x := indexOf(t, randomSet(4, 20, 3))
	_, dim := x.Search([]float32{1}, 5)
	_, k := x.Search([]float32{1, 2, 3}, 0)
	_, nan := x.Search([]float32{1, 2, float32(math.NaN())}, 5)
	_, far := indexOf(t, &Set{Names: []string{"a", "b"}, Dim: 1, X: []float32{1, 1.001}}).Search(
		[]float32{3e38}, 1)
	_, close := NewIndex(&Set{Names: []string{"a", "b"}, Dim: 1, X: []float32{1e-42, 2e-42}}, 0)
	_, none := x.Find("cat.jpg")
	_, unset := x.Search(nil, 5)
	_, near := x.Near(20, 5)
	_, least := x.Near(3, 0)
	_, empty := NewIndex(&Set{Dim: 3}, 0)
	for _, c := range []struct {
		err  error
		want string
	}{
		{dim, "vectors of 1 numbers in an index of 3"}, {k, "0 neighbours"}, {nan, `"the query" is NaN`},
		{none, `no image is named "cat.jpg"; the first is named "d0/0.jpg"`}, {near, "image 20 of 20"},
		{empty, "no images"},
		{far, `number 0 of "the query" is 3e+38, and +Inf when`}, {close, `number 0 of "a" is 1e-42, and `},
		{unset, "vectors of 0 numbers in an index of 3"}, {least, "0 neighbours: need at least 1"},
	} {
		if c.err == nil || !strings.Contains(c.err.Error(), c.want) {
			t.Errorf("error %v, want %q", c.err, c.want)
		}
		if other := c.err == dim || c.err == unset; other != errors.Is(c.err, ErrOtherNetwork) {
			t.Errorf("%v is of another network: %v", c.err, !other)
		}
	}
	if all, err := x.Near(3, math.MaxInt); err != nil || len(all) != 19 {
		t.Errorf("%d neighbours of one in 20, %v", len(all), err)
	}
}

func TestAnIndexIsAskedBySeveralAtOnce(t *testing.T) {
	s := randomSet(6, 200, 8)
	x := indexOf(t, s)
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := g; i < s.Len(); i += 4 {
				if m, err := x.Search(s.Row(i), 3); err != nil || m[0].Index != i {
					t.Errorf("image %d: %+v, %v", i, m, err)
				}
			}
		})
	}
	all.Wait()
}

func TestAnIndexOfAnyThreadsFindsTheSame(t *testing.T) {
	s := randomSet(11, 130, 12)
	var first [][]Match
	var pairs []Pair
	for _, threads := range []int{1, 3} {
		x, err := NewIndex(s, threads)
		if err != nil {
			t.Fatal(err)
		}
		all, err := x.SearchAll(t.Context(), s, 5)
		if err != nil {
			t.Fatal(err)
		}
		near, err := x.Duplicates(context.Background(), 0.3)
		if err != nil || len(near) == 0 {
			t.Fatal(near, err)
		}
		if threads == 1 {
			first, pairs = all, near
		}
		if !reflect.DeepEqual(all, first) || !slices.Equal(near, pairs) {
			t.Errorf("%d threads find others", threads)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	s := randomSet(7, 100_000, 512)
	x, err := NewIndex(s, 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := x.Search(s.Row(5), 10); err != nil {
			b.Fatal(err)
		}
	}
}

func TestNewIndexRefusesThreadsThatNoMachineHas(t *testing.T) {
	for _, threads := range []int{-7, parallel.MostThreads + 1} {
		want := fmt.Sprintf("embedding: index: threads = %d, need 0 to 4096", threads)
		if _, err := NewIndex(randomSet(1, 9, 3), threads); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
