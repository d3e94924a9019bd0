package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// unpack is element (p, j) of a matrix of kRound rows packed by rows, looked up by
// hand.
func unpack[E Elem](b []E, kRound, p, j int) float64 {
	if depth[E]() == 2 {
		return wide(b[(j/32*kRound+p/2*2)*32+j%32*2+p%2])
	}
	return wide(b[(j/32*kRound+p)*32+j%32])
}

// halved are panels of k rows that are packed by rows, packed as a set has them.
func halved[E Elem](l layout, panels []E, k int) []E {
	out, d := slices.Clone(panels), depth[E]()
	if l == byRows {
		return out
	}
	for i := range panels {
		q, p, j, e := i/(32*k), i/(32*d)%(k/d), i/d%32, i%d
		out[q*32*k+j/16*16*k+(p*16+j%16)*d+e] = panels[i]
	}
	return out
}

func TestGenericGemmIsTheSumOfProducts(t *testing.T) {
	testGenericGemm(t, &genericSet().F32)
	testGenericGemm(t, &genericSet().BF16)
}

func testGenericGemm[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range [][2]int{{1, 2}, {2, 64}, {3, 66}, {5, 130}} {
		m, k := s[0], s[1]
		a, b := random[E](r, m*k), random[E](r, k*PanelCols)
		c := make([]float32, m*PanelCols)
		p.Gemm(c, PanelCols, a, k, b, m, k, false)
		p.Gemm(c, PanelCols, a, k, b, m, k, true)
		for i := range c {
			var want, size float64
			for q := range k {
				v := 2 * wide(a[i/32*k+q]) * unpack(b, k, q, i%32)
				want += v
				size += math.Abs(v)
			}
			if !(math.Abs(float64(c[i])-want) <= 1e-6*size) {
				t.Fatalf("%T m %d k %d: c[%d] = %v, want %v", a, m, k, i, c[i], want)
			}
		}
	}
}

func TestGenericGemmTNIsTheSumOfProducts(t *testing.T) {
	testGenericGemmTN(t, &genericSet().F32)
	testGenericGemmTN(t, &genericSet().BF16)
}

func testGenericGemmTN[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(1, 2))
	const panels = 3
	for _, k := range []int{2, 64, 66, 130} {
		at, b := random[E](r, k*PanelCols), random[E](r, panels*k*PanelCols)
		c := make([]float32, 32*panels*32)
		p.GemmTN(c, panels*32, at, b, k, panels, false)
		p.GemmTN(c, panels*32, at, b, k, panels, true)
		for i := range c {
			var want, size float64
			for q := range k {
				v := 2 * unpack(at, k, q, i/(panels*32)) * unpack(b, k, q, i%(panels*32))
				want += v
				size += math.Abs(v)
			}
			if !(math.Abs(float64(c[i])-want) <= 1e-6*size) {
				t.Fatalf("%T k %d: c[%d] = %v, want %v", at, k, i, c[i], want)
			}
		}
	}
}

// sumTol allows for another order of some 100 sums in float32, and for the
// denormals that BF16 instructions flush.
const sumTol = 1e-5

// equalSums compares sums of products with the sums of their magnitudes, since
// the more terms cancel the more another order of them changes.
func equalSums(t *testing.T, name string, got, want, size []float32) {
	t.Helper()
	for i, w := range want {
		if got[i] == w || math.Abs(float64(got[i])-float64(w)) <= 1e-6*float64(size[i]) {
			continue
		}
		t.Fatalf("%s: element %d of %d is %v, want %v, of terms of %v", name, i, len(want), got[i], w, size[i])
	}
}

// magnitudes is |x| of each x.
func magnitudes[E Elem](x []E) []E {
	wide := make([]float32, len(x))
	widenGeneric(wide, x)
	for i, w := range wide {
		wide[i] = float32(math.Abs(float64(w)))
	}
	abs := make([]E, len(x))
	narrowGeneric(abs, wide)
	return abs
}

// depths cross every loop over k, in units of KAlign, and the pieces of k that
// are widened or transposed at once.
func depths() []int {
	if testing.Short() {
		return []int{1, 2, 17}
	}
	return []int{1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65}
}

// heights cross every tile of rows.
func heights() []int {
	if testing.Short() {
		return []int{1, 2, 7, 12, 13, 15, 16, 17, 31, 32, 33, 49, 64, 65}
	}
	list := make([]int, 70)
	for i := range list {
		list[i] = i + 1
	}
	return list
}

func TestGemmEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testGemm(t, &s.F32)
		testGemm(t, &s.BF16)
	})
}

func testGemm[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, units := range depths() {
		k := units * p.KAlign
		for _, m := range heights() {
			for _, acc := range []bool{false, true} {
				lda, ldc := k+r.IntN(9), PanelCols+r.IntN(9)
				a, b := randomGuarded[E](r, (m-1)*lda+k), randomGuarded[E](r, k*PanelCols)
				got := randomGuarded[float32](r, (m-1)*ldc+PanelCols)
				want, size := slices.Clone(got.x), magnitudes(got.x)
				gemmGeneric(want, ldc, a.x, lda, b.x, m, k, acc)
				gemmGeneric(size, ldc, magnitudes(a.x), lda, magnitudes(b.x), m, k, acc)
				copy(b.x, halved(p.layout, b.x, k))
				p.Gemm(got.x, ldc, a.x, lda, b.x, m, k, acc)
				name := fmt.Sprintf("%T m %d k %d lda %d acc %v", a.x, m, k, lda, acc)
				equalSums(t, name, got.x, want, size)
				got.intact(t, name)
			}
		}
	}
}

// One call of assembly takes 2¹⁸ rows times steps at most.
func TestProductsCrossCallsOfAssembly(t *testing.T) {
	if testing.Short() {
		t.Skip("much under emulation")
	}
	eachSet(t, func(t *testing.T, s *Set) {
		testLongProducts(t, &s.F32)
		testLongProducts(t, &s.BF16)
	})
}

func testLongProducts[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(13, 14))
	const m, k = 600, 1024
	a, b := random[E](r, m*k), random[E](r, k*PanelCols)
	own := halved(p.layout, b, k)
	want := random[float32](r, m*PanelCols)
	got := slices.Clone(want)
	gemmGeneric(want, PanelCols, a, k, b, m, k, true)
	p.Gemm(got, PanelCols, a, k, own, m, k, true)
	equalWithin(t, fmt.Sprintf("Gemm of %T", a), got, want, 1e-4)

	e := Epilogue[E]{Add: random[E](r, m*PanelCols), LdAdd: PanelCols}
	stored, parts := make([]E, m*PanelCols), make([]E, m*PanelCols)
	p.GemmStore(stored, PanelCols, a, k, own, m, k, PanelCols, e, make([]float32, StoreScratch))
	storeByParts(parts, PanelCols, a, k, b, m, k, PanelCols, e)
	near(t, fmt.Sprintf("GemmStore of %T", a), stored, parts, 0x1p-6)

	const n = 9 * PanelCols // more panels than all rows are multiplied by at a time
	wide := random[E](r, p.PackedLen(k, n))
	e = Epilogue[E]{Bias: random[float32](r, n), Add: random[E](r, 70*n), LdAdd: n}
	stored, parts = make([]E, 70*n), make([]E, 70*n)
	p.GemmStore(stored, n, a, k, halved(p.layout, wide, k), 70, k, n, e, make([]float32, StoreScratch))
	storeByParts(parts, n, a, k, wide, 70, k, n, e)
	near(t, fmt.Sprintf("GemmStore of many panels of %T", a), stored, parts, 0x1p-6)

	long := 8192 + 2*p.KAlign
	src, right := random[E](r, long*PanelCols), random[E](r, long*PanelCols)
	at, plain, off := make([]E, long*PanelCols), make([]E, long*PanelCols), make([]int32, long)
	for i := range off {
		off[i] = int32(i * PanelCols)
	}
	packRowsGeneric(plain, src, off, PanelCols, long)
	p.PackLeft(at, src, off, PanelCols)
	sums, twin := make([]float32, PanelCols*PanelCols), make([]float32, PanelCols*PanelCols)
	gemmTNGeneric(twin, PanelCols, plain, right, long, 1, true)
	p.GemmTN(sums, PanelCols, at, halved(p.layout, right, long), long, 1, true)
	near(t, fmt.Sprintf("GemmTN of %T", a), sums, twin, 1e-3) // sums of 8,200 terms in another order
}

func TestGemmTNEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testGemmTN(t, &s.F32)
		testGemmTN(t, &s.BF16)
	})
}

func testGemmTN[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, units := range depths() {
		k := units * p.KAlign
		for panels := 1; panels <= 3; panels++ {
			ldc := panels*PanelCols + r.IntN(9)
			src, b := random[E](r, k*PanelCols), randomGuarded[E](r, panels*k*PanelCols)
			at, plain := newGuarded[E](k*PanelCols), make([]E, k*PanelCols)
			off := make([]int32, k)
			for i := range off {
				off[i] = int32(i * PanelCols)
			}
			packRowsGeneric(plain, src, off, PanelCols, k)
			p.PackLeft(at.x, src, off, PanelCols)
			at.intact(t, "PackLeft")
			got := randomGuarded[float32](r, (PanelCols-1)*ldc+panels*PanelCols)
			want, size := slices.Clone(got.x), magnitudes(got.x)
			acc := r.IntN(2) == 0
			gemmTNGeneric(want, ldc, plain, b.x, k, panels, acc)
			gemmTNGeneric(size, ldc, magnitudes(plain), magnitudes(b.x), k, panels, acc)
			copy(b.x, halved(p.layout, b.x, k))
			p.GemmTN(got.x, ldc, at.x, b.x, k, panels, acc)
			name := fmt.Sprintf("%T k %d panels %d ldc %d acc %v", at.x, k, panels, ldc, acc)
			equalSums(t, name, got.x, want, size)
			got.intact(t, name)
		}
	}
}

// One thread and many cut the rows of a product differently.
func TestGemmRowsDoNotDependOnEachOther(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testGemmRows(t, &s.F32)
		testGemmRows(t, &s.BF16)
	})
}

func testGemmRows[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(7, 8))
	const m = 71
	k := 3 * p.KAlign
	a, b := random[E](r, m*k), random[E](r, k*PanelCols)
	want := make([]float32, m*PanelCols)
	for i := range m {
		p.Gemm(want[i*PanelCols:], PanelCols, a[i*k:], k, b, 1, k, false)
	}
	got := make([]float32, m*PanelCols)
	for _, size := range heights() {
		for i := 0; i < m; i += size {
			p.Gemm(got[i*PanelCols:], PanelCols, a[i*k:], k, b, min(size, m-i), k, false)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%T: by %d rows differs from row by row", a, size)
		}
	}
}

func TestGemmPropagatesNaNAndInf(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testGemmNaN(t, &s.F32)
		testGemmNaN(t, &s.BF16)
	})
}

func testGemmNaN[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(9, 10))
	k, inf := 2*p.KAlign, float32(math.Inf(1))
	for _, m := range heights() {
		a, b := random[E](r, m*k), random[E](r, k*PanelCols)
		narrowGeneric(a[:1], []float32{float32(math.NaN())})
		narrowGeneric(a[len(a)-1:], []float32{inf})
		narrowGeneric(b[len(b)-1:], []float32{-inf})
		got, want := make([]float32, m*PanelCols), make([]float32, m*PanelCols)
		gemmGeneric(want, PanelCols, a, k, b, m, k, false)
		p.Gemm(got, PanelCols, a, k, halved(p.layout, b, k), m, k, false)
		equalWithin(t, fmt.Sprintf("%T m %d", a, m), got, want, sumTol)
	}
}

// A left operand with rows and columns missing is that operand with zeros.
func TestPackLeftFillsWithZeros(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testPackLeft(t, &s.F32)
		testPackLeft(t, &s.BF16)
	})
}

func testPackLeft[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, rows := range []int{1, 2, 3, 31, 32, 33, 70} {
		for _, cols := range []int{1, 5, 31, 32} {
			src := random[E](r, rows*cols)
			k := p.RoundK(rows)
			off, full := make([]int32, rows), make([]E, k*PanelCols)
			for i := range off {
				off[i] = int32(i * cols)
				copy(full[i*PanelCols:], src[i*cols:(i+1)*cols])
			}
			whole := make([]int32, k)
			for i := range whole {
				whole[i] = int32(i * PanelCols)
			}
			got, want := newGuarded[E](p.PanelLen(rows)), make([]E, k*PanelCols)
			for i := range got.x {
				got.x[i] = 1
			}
			p.PackLeft(got.x, src, off, cols)
			p.PackLeft(want, full, whole, PanelCols)
			name := fmt.Sprintf("%T %d rows of %d", src, rows, cols)
			equalWithin(t, name, got.x, want, 0)
			got.intact(t, name)
		}
	}
}
