package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// widths cross the vectors of every set, alone and unrolled.
var widths = []int{1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 130}

// rowTol allows for one fused multiply-add in float32, and in BF16 for one step
// of rounding (2⁻⁸) where the float32 results lie on both sides of a tie.
func rowTol[E Elem]() float64 {
	if depth[E]() == 2 {
		return 1. / 256
	}
	return 1e-6
}

// special puts NaN and both infinities somewhere into x.
func special[E Elem](r *rand.Rand, x []E) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1)} {
		i := r.IntN(len(x))
		narrowGeneric(x[i:i+1], []float32{float32(v)})
	}
}

func TestRowsEqualTheirTwins(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testRows(t, &s.F32)
		testRows(t, &s.BF16)
	})
}

func testRows[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, n := range widths {
		for _, rows := range []int{1, 2, 3, 4, 5, 7, 8, 9} { // four at a time, and the rest
			x, dy := randomGuarded[E](r, rows*n), randomGuarded[E](r, rows*n)
			special(r, x.x)
			special(r, dy.x)
			a, b, c := randomGuarded[float32](r, n), randomGuarded[float32](r, n), randomGuarded[float32](r, n)
			name := fmt.Sprintf("%T rows %d n %d", x.x, rows, n)
			testSums(t, name, p, a.x, b.x, dy.x, x.x, 1e-6)
			testMaps(t, name, p, a.x, b.x, c.x, dy.x, x.x)
		}
	}
}

// testSums runs the loops that add rows to sums.
func testSums[E Elem](
	t *testing.T, name string, p *Products[E], acc, mean []float32, dy, x []E, tol float64,
) {
	twin := genericRows[E]()
	for _, k := range []struct {
		name      string
		got, want func(acc, acc2 []float32)
	}{
		{"AddTo", func(acc, _ []float32) { p.AddTo(acc, x) }, func(acc, _ []float32) { twin.addTo(acc, x) }},
		{"AddMoments", func(acc, acc2 []float32) { p.AddMoments(acc, acc2, x, mean) },
			func(acc, acc2 []float32) { twin.addMoments(acc, acc2, x, mean) }},
		{"AddProds", func(acc, acc2 []float32) { p.AddProds(acc, acc2, dy, x, mean) },
			func(acc, acc2 []float32) { twin.addProds(acc, acc2, dy, x, mean) }},
	} {
		got, want := newGuarded[float32](len(acc)), newGuarded[float32](len(acc))
		got2, want2 := newGuarded[float32](len(acc)), newGuarded[float32](len(acc))
		for _, sums := range [][]float32{got.x, want.x, got2.x, want2.x} {
			copy(sums, acc)
		}
		k.got(got.x, got2.x)
		k.want(want.x, want2.x)
		equalWithin(t, k.name+" "+name, got.x, want.x, tol)
		equalWithin(t, k.name+" second "+name, got2.x, want2.x, tol)
		got.intact(t, k.name+" "+name)
		got2.intact(t, k.name+" "+name)
	}
}

// testMaps runs the loops that set every element of dst.
func testMaps[E Elem](t *testing.T, name string, p *Products[E], a, b, c []float32, dy, x []E) {
	twin := genericRows[E]()
	for _, k := range []struct {
		name      string
		tol       float64
		got, want func(dst []E)
	}{
		{"ScaleShift", rowTol[E](), func(d []E) { p.ScaleShift(d, x, a, b, false) },
			func(d []E) { twin.scaleShift(d, x, a, b, false) }},
		{"ScaleShift ReLU", rowTol[E](), func(d []E) { p.ScaleShift(d, x, a, b, true) },
			func(d []E) { twin.scaleShift(d, x, a, b, true) }},
		{"Affine", rowTol[E](), func(d []E) { p.Affine(d, dy, x, a, b, c) },
			func(d []E) { twin.affine(d, dy, x, a, b, c) }},
		{"ReLUMask", 0, func(d []E) { p.ReLUMask(d, dy, x) }, func(d []E) { twin.reluMask(d, dy, x) }},
		{"Add", 0, func(d []E) { p.Add(d, dy, x) }, func(d []E) { twin.add(d, dy, x) }},
	} {
		got, want := newGuarded[E](len(x)), make([]E, len(x))
		k.got(got.x)
		k.want(want)
		equalWithin(t, k.name+" "+name, got.x, want, k.tol)
		got.intact(t, k.name+" "+name)
	}
}

func TestWidenAndNarrowEqualTheirTwins(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testConversions(t, &s.F32)
		testConversions(t, &s.BF16)
	})
}

func testConversions[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(13, 14))
	for _, n := range widths {
		src := randomGuarded[float32](r, n)
		for i := range src.x {
			src.x[i] = math.Float32frombits(r.Uint32()) // every exponent, NaN too
		}
		name := fmt.Sprintf("KAlign %d n %d", p.KAlign, n)
		dst, want := newGuarded[E](n), make([]E, n)
		p.Narrow(dst.x, src.x)
		narrowGeneric(want, src.x)
		equalWithin(t, "Narrow "+name, dst.x, want, 0)
		dst.intact(t, "Narrow "+name)

		back, wide := newGuarded[float32](n), make([]float32, n)
		p.Widen(back.x, want)
		widenGeneric(wide, want)
		equalWithin(t, "Widen "+name, back.x, wide, 0)
		back.intact(t, "Widen "+name)
	}
}

func TestBF16RoundsToNearestEven(t *testing.T) {
	for _, c := range []struct {
		bits uint32
		want BF16
	}{
		{0x3f800000, 0x3f80},
		{0x3f808000, 0x3f80}, // tie, even below
		{0x3f818000, 0x3f82}, // tie, even above
		{0x3f808001, 0x3f81},
		{0x3f807fff, 0x3f80},
		{0x80000000, 0x8000},
		{0x7f7fffff, 0x7f80}, // above the largest: infinite
		{0xff800000, 0xff80},
		{0x7f800001, 0x7fc0}, // NaN whose upper half alone would be infinite
		{0x00008001, 0x0001}, // denormal
	} {
		if got := ToBF16(math.Float32frombits(c.bits)); got != c.want {
			t.Errorf("ToBF16(%#08x) = %#04x, want %#04x", c.bits, got, c.want)
		}
	}
	for b := range 1 << 16 {
		if f := BF16(b).Float32(); f == f && ToBF16(f) != BF16(b) {
			t.Errorf("%#04x does not survive widening", b)
		}
	}
}

func TestRowsCrossStretches(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		const rows, n = 2*2048 + 3, 32 // one call takes 2048 rows
		r := rand.New(rand.NewPCG(23, 24))
		x, dy, mean := random[float32](r, rows*n), random[float32](r, rows*n), random[float32](r, n)
		testSums(t, "stretches", &s.F32, make([]float32, n), mean, dy, x, 1e-4) // 4099 roundings
		testMaps(t, "stretches", &s.F32, mean, mean, mean, dy, x)
	})
}
