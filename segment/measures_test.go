package segment

import (
	"math"
	"slices"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

func mustTable(t testing.TB, a, b Map) Contingency {
	t.Helper()
	c, err := NewContingency(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestContingencyCountsPairs(t *testing.T) {
	a, b := Map{W: 3, H: 2, Label: []int32{9, 9, 4, 4, 9, 9}}, Map{W: 3, H: 2, Label: []int32{7, 0, 0, 7, 0, 0}}
	c := mustTable(t, a, b)
	if c.N != 6 || !slices.Equal(c.A, []Segment{{4, 2}, {9, 4}}) ||
		!slices.Equal(c.B, []Segment{{0, 4}, {7, 2}}) ||
		!slices.Equal(c.Cells, []Cell{{0, 0, 1}, {0, 1, 1}, {1, 0, 3}, {1, 1, 1}}) {
		t.Errorf("%+v", c)
	}
}

func TestMapsThatDoNotCompareAreNamed(t *testing.T) {
	for _, c := range []struct {
		a, b Map
		want string
	}{
		{NewMap(2, 3), NewMap(3, 2), "segment: a map of 3×2 cannot be compared with one of 2×3"},
		{NewMap(2, 3), Map{W: 3, H: 2}, "segment: 0 labels for a map of 3×2"},
	} {
		if _, err := NewContingency(c.a, c.b); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
		if _, err := Agree(c.a, []Map{c.a, c.b}); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if _, err := Agree(NewMap(1, 1), nil); err == nil {
		t.Error("no ground truth, no error")
	}
}

// The values were made with NumPy 1.24 from textbook formulas: ari with binomials of
// the table as floats, ri over all pairs of pixels, vi as 2·H(A, B) − H(A) − H(B) in
// bits, covering over all pairs of labels.
func TestMeasuresEqualAnIndependentComputation(t *testing.T) {
	tile := func(x, y int) int { return x/10 + 10*(y/10) }
	for _, c := range []struct {
		name             string
		w, h             int
		a, b             func(x, y int) int
		ari, ri, vi, cov float64
	}{
		{
			"quadratic", 23, 17,
			func(x, y int) int { return (x*x + 3*y) % 5 }, func(x, y int) int { return (x + y*y) / 7 % 4 },
			-0.005230723013, 0.648449078628, 4.293117395049, 0.148331859604,
		},
		{
			"halves and quarters", 12, 8,
			func(x, _ int) int { return x / 6 }, func(x, y int) int { return x/6 + 2*(y/4) },
			0.491978609626, 0.747368421053, 1, 0.5,
		},
		{
			"one against stripes", 10, 6,
			func(_, _ int) int { return 0 }, func(x, _ int) int { return x / 2 },
			0, 0.186440677966, 2.321928094887, 0.2,
		},
		{
			"crossing stripes", 9, 9,
			func(x, _ int) int { return x / 3 }, func(_, y int) int { return y / 3 },
			-0.025641025641, 0.55, 3.169925001442, 0.2,
		},
		{
			"shifted", 40, 30,
			func(x, y int) int { return (x+3)/10 + 10*(y/10) }, tile,
			0.574862692032, 0.938698915763, 1.542259073654, 0.578846153846,
		},
	} {
		got := mustTable(t, mapOf(c.w, c.h, c.a), mapOf(c.w, c.h, c.b))
		const tolerance = 1e-11 // twelve digits were printed
		if !near(got.AdjustedRand(), c.ari, tolerance) || !near(got.Rand(), c.ri, tolerance) ||
			!near(got.VariationOfInformation(), c.vi, tolerance) || !near(got.Covering(), c.cov, tolerance) {
			t.Errorf("%s: %v %v %v %v", c.name, got.AdjustedRand(), got.Rand(),
				got.VariationOfInformation(), got.Covering())
		}
	}
}

// tableOf makes a table of counts, rows of the first map.
func tableOf(counts [][]int64) Contingency {
	all := map[[2]int32]int64{}
	for i, row := range counts {
		for j, n := range row {
			if n > 0 {
				all[[2]int32{int32(i), int32(j)}] = n
			}
		}
	}
	return tabulate(all)
}

func TestRandOfPublishedExamples(t *testing.T) {
	// Rand 1971, section 3: {abc, def} and {ab, cde, f} agree on 9 of 15 pairs.
	if got := tableOf([][]int64{{2, 1, 0}, {0, 2, 1}}).Rand(); got != 0.6 {
		t.Errorf("Rand 1971: %v, want 0.6", got)
	}
	// Yeung and Ruzzo 2001 (Bioinformatics 17, supplement): ten objects, 0.711 and 0.313.
	c := tableOf([][]int64{{1, 1, 0}, {1, 2, 1}, {0, 0, 4}})
	if got := c.Rand(); !near(got, 32./45, 1e-15) {
		t.Errorf("Yeung and Ruzzo: Rand %v, want 0.711", got)
	}
	if got := c.AdjustedRand(); !near(got, 0.313, 5e-4) {
		t.Errorf("Yeung and Ruzzo: adjusted %v, want 0.313", got)
	}
}

func TestEqualPartitionsAreBest(t *testing.T) {
	s := rng.New(3, 0, 0, rng.Sample)
	for _, m := range []Map{
		NewMap(1, 1), NewMap(5, 7), singletons(7, 5), singletons(1, 2), NewMap(2, 1), randomMap(&s, 9, 4, 5),
	} {
		renamed := Map{W: m.W, H: m.H, Label: slices.Clone(m.Label)}
		for i, l := range renamed.Label {
			renamed.Label[i] = 1000 - l
		}
		c := mustTable(t, m, renamed)
		if c.Rand() != 1 || c.AdjustedRand() != 1 || c.VariationOfInformation() != 0 || c.Covering() != 1 {
			t.Errorf("%d×%d: %v %v %v %v", m.W, m.H,
				c.Rand(), c.AdjustedRand(), c.VariationOfInformation(), c.Covering())
		}
	}
}

func TestOneSegmentAgainstSinglePixelsIsWorst(t *testing.T) {
	c := mustTable(t, NewMap(4, 8), singletons(8, 4))
	if c.Rand() != 0 || c.AdjustedRand() != 0 || c.VariationOfInformation() != 5 || c.Covering() != 1./32 {
		t.Errorf("%v %v %v %v", c.Rand(), c.AdjustedRand(), c.VariationOfInformation(), c.Covering())
	}
}

// Counts of a map of 4000×3000: products of pairs pass 2⁶³.
func TestAdjustedRandDoesNotOverflow(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts [][]int64
		want   float64
	}{
		{"independent halves", [][]int64{{3e6, 3e6}, {3e6, 3e6}}, -1 / (12e6 - 1.)},
		{"equal", [][]int64{{12e6 - 1, 0}, {0, 1}}, 1},
		{"one pixel off", [][]int64{{12e6 - 2, 1}, {0, 1}}, 2. / 3}, // over both ways, to the order of 1/N
		{"against one", [][]int64{{12e6 - 1}, {1}}, 0},
	} {
		got := tableOf(c.counts).AdjustedRand()
		if !near(got, c.want, 1e-6) || c.want == 1 && got != 1 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestMeasuresDoNotDependOnNamesOrOrder(t *testing.T) {
	s := rng.New(1, 0, 0, rng.Sample)
	for range 50 {
		w, h := 1+s.IntN(9), 1+s.IntN(9)
		a, b := randomMap(&s, w, h, 1+s.IntN(6)), randomMap(&s, w, h, 1+s.IntN(6))
		names := s.Perm(6)
		renamed := Map{W: w, H: h, Label: slices.Clone(a.Label)}
		for i, l := range a.Label {
			renamed.Label[i] = int32(1 + 17*names[l])
		}
		c, r, back := mustTable(t, a, b), mustTable(t, renamed, b), mustTable(t, b, a)
		if c.Rand() != r.Rand() || c.AdjustedRand() != r.AdjustedRand() ||
			!near(c.Covering(), r.Covering(), 1e-14) ||
			!near(c.VariationOfInformation(), r.VariationOfInformation(), 1e-13) {
			t.Fatalf("other names, other values: %v %v", a, b)
		}
		if c.Rand() != back.Rand() || c.AdjustedRand() != back.AdjustedRand() ||
			!near(c.VariationOfInformation(), back.VariationOfInformation(), 1e-13) {
			t.Fatalf("not symmetric: %v %v", a, b)
		}
	}
}

func TestVariationOfInformationIsADistance(t *testing.T) {
	s := rng.New(2, 0, 0, rng.Sample)
	for range 100 {
		a, b, c := randomMap(&s, 5, 4, 3), randomMap(&s, 5, 4, 4), randomMap(&s, 5, 4, 2)
		ab := mustTable(t, a, b).VariationOfInformation()
		bc := mustTable(t, b, c).VariationOfInformation()
		ac := mustTable(t, a, c).VariationOfInformation()
		if ac > ab+bc+1e-12 || ab < 0 || ab > math.Log2(20) {
			t.Fatalf("%v %v %v", ab, bc, ac)
		}
	}
}

func TestRandomLabelsHaveAdjustedRandZeroOnAverage(t *testing.T) {
	s := rng.New(5, 0, 0, rng.Sample)
	const n = 400
	var sum, squares float64
	for range n {
		v := mustTable(t, randomMap(&s, 8, 8, 3), randomMap(&s, 8, 8, 4)).AdjustedRand()
		sum, squares = sum+v, squares+v*v
	}
	if mean := sum / n; !(math.Abs(mean) <= 4*math.Sqrt(squares)/n) { // four standard errors
		t.Errorf("mean %v", mean)
	}
}
