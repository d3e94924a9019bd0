package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// The definition is the product of the generic set and its epilogue, panel by
// panel.
func storeByParts[E Elem](dst []E, ldd int, a []E, lda int, b []E, m, k, n int, e Epilogue[E]) {
	c := make([]float32, m*PanelCols)
	row := make([]E, n)
	for j := 0; j < n; j += PanelCols {
		gemmGeneric(c, PanelCols, a, lda, b[j*k:], m, k, false)
		for i := range m {
			cols := min(PanelCols, n-j)
			clear(row)
			if e.Add != nil {
				most := n
				if e.AddCols > 0 {
					most = e.AddCols
				}
				copy(row, e.Add[i*e.LdAdd:][:most])
			}
			ep := Epilogue[E]{Add: row[j:], ReLU: e.ReLU}
			if e.Bias != nil {
				ep.Bias = e.Bias[j:]
			}
			storeGeneric(dst[i*ldd+j:], ldd, c[i*PanelCols:], PanelCols, 1, cols, ep)
		}
	}
}

// A product that is stored past the caches is the same, where its rows start at cache
// lines and where they do not.
func TestGemmStoreStreams(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(25, 26))
		p := &s.BF16
		const m, k, n, ldd, line = 70, 64, 64, 96, 32
		a, b, add := random[BF16](r, m*k), random[BF16](r, p.PackedLen(k, n)), random[BF16](r, m*n)
		bias, scratch := random[float32](r, n), make([]float32, StoreScratch)
		memory := make([]BF16, m*ldd+2*line)
		aligned := int(-uintptr(unsafe.Pointer(&memory[0])) / 2 % line)
		for _, e := range []Epilogue[BF16]{{}, {Bias: bias, Add: add, LdAdd: n, ReLU: true}} {
			want := make([]BF16, m*ldd)
			p.GemmStore(want, ldd, a, k, b, m, k, n, e, scratch)
			e.Stream = true
			for _, off := range []int{aligned, aligned + 1} {
				clear(memory)
				p.GemmStore(memory[off:], ldd, a, k, b, m, k, n, e, scratch)
				if !slices.Equal(memory[off:][:len(want)], want) {
					t.Errorf("%d elements behind a cache line: other numbers", off-aligned)
				}
			}
		}
	})
}

func TestGemmStoreEqualsProductAndEpilogue(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testGemmStore(t, &s.F32, sumTol)
		testGemmStore(t, &s.BF16, 0x1p-7) // one rounding to BF16
	})
}

func testGemmStore[E Elem](t *testing.T, p *Products[E], tol float64) {
	r := rand.New(rand.NewPCG(21, 22))
	heights, widths := []int{1, 5, 6, 7, 13, 95, 96, 97, 200}, []int{1, 31, 32, 33, 64, 77}
	if testing.Short() {
		heights, widths = []int{1, 7, 32, 33, 97}, []int{5, 64, 77}
	}
	for _, m := range heights {
		for _, n := range widths {
			for kind := range 16 {
				k := p.RoundK(1 + r.IntN(70))
				lda, ldd, addCols := k+r.IntN(9), n+r.IntN(9), 0
				if kind&8 != 0 {
					addCols = 1 + r.IntN(n)
				}
				ldadd := n + r.IntN(3)
				a, b := randomGuarded[E](r, (m-1)*lda+k), randomGuarded[E](r, p.PackedLen(k, n))
				bias, add := randomGuarded[float32](r, n), randomGuarded[E](r, (m-1)*ldadd+n)
				e := Epilogue[E]{ReLU: kind&1 != 0, AddCols: addCols}
				if kind&2 != 0 {
					e.Bias = bias.x
				}
				if kind&4 != 0 {
					e.Add, e.LdAdd = add.x, ldadd
				}
				got, want := newGuarded[E]((m-1)*ldd+n), make([]E, (m-1)*ldd+n)
				storeByParts(want, ldd, a.x, lda, b.x, m, k, n, e)
				copy(b.x, halved(p.layout, b.x, k))
				p.GemmStore(got.x, ldd, a.x, lda, b.x, m, k, n, e, make([]float32, StoreScratch))
				name := fmt.Sprintf("%T m %d k %d n %d kind %b", want, m, k, n, kind)
				near(t, name, got.x, want, tol)
				got.intact(t, name)
			}
		}
	}
}

// Assembly reads bias and residual to their ends.
func TestGemmStoreWantsAWholeEpilogue(t *testing.T) {
	const m, n = 3, 40
	p := &genericSet().F32
	for want, e := range map[string]Epilogue[float32]{
		"": {Bias: make([]float32, n), Add: make([]float32, 2*50+33), LdAdd: 50, AddCols: 33},
		"kernel: GemmStore: len(Bias) = 39, need at least 40":  {Bias: make([]float32, n-1)},
		"kernel: GemmStore: len(Add) = 139, need at least 140": {Add: make([]float32, 2*50+n-1), LdAdd: 50},
		"kernel: GemmStore: len(Add) = 132, need at least 133": {
			Add: make([]float32, 2*50+32), LdAdd: 50, AddCols: 33},
	} {
		func() {
			defer func() {
				if got := recover(); got != want && (got != nil || want != "") {
					t.Errorf("panics with %v, want %q", got, want)
				}
			}()
			b := make([]float32, p.PackedLen(2, n))
			p.GemmStore(make([]float32, m*n), n, make([]float32, m*2), 2, b, m, 2, n, e,
				make([]float32, StoreScratch))
		}()
	}
}

// A long k is multiplied in blocks.
func TestGemmStoreCrossesBlocksOfK(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		p, r := &s.F32, rand.New(rand.NewPCG(25, 26))
		const m, n = 7, 230
		for _, k := range []int{600, 1024, 1025, 2500} {
			for _, addCols := range []int{0, 33, 64} {
				a, b := random[float32](r, m*k), random[float32](r, p.PackedLen(k, n))
				e := Epilogue[float32]{
					Bias: random[float32](r, n), Add: random[float32](r, m*n), LdAdd: n, AddCols: addCols, ReLU: true,
				}
				got, want := make([]float32, m*n), make([]float32, m*n)
				p.GemmStore(got, n, a, k, halved(p.layout, b, k), m, k, n, e, make([]float32, StoreScratch))
				storeByParts(want, n, a, k, b, m, k, n, e)
				name := fmt.Sprintf("k %d, %d columns added", k, addCols)
				near(t, name, got, want, 1e-4) // sums of 2,500 terms in another order
			}
		}
	})
}

// near allows for sums in another order that cancel: tol of a typical value.
func near[E Elem](t *testing.T, name string, got, want []E, tol float64) {
	t.Helper()
	for i := range got {
		g, w := wide(got[i]), wide(want[i])
		if !(math.Abs(g-w) <= tol*(math.Abs(w)+8)) {
			t.Fatalf("%s: element %d is %v, want %v", name, i, g, w)
		}
	}
}

// The result may replace what is added to it, as where a gradient is added to.
func TestGemmStoreInPlace(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		const m, n = 100, 40
		p, r := &s.F32, rand.New(rand.NewPCG(23, 24))
		k := p.RoundK(33)
		a, b, old := random[float32](r, m*k), random[float32](r, p.PackedLen(k, n)), random[float32](r, m*n)
		want := make([]float32, m*n)
		scratch := make([]float32, StoreScratch)
		p.GemmStore(want, n, a, k, b, m, k, n, Epilogue[float32]{Add: old, LdAdd: n}, scratch)
		p.GemmStore(old, n, a, k, b, m, k, n, Epilogue[float32]{Add: old, LdAdd: n}, scratch)
		equalWithin(t, "in place", old, want, 0)
	})
}

func TestGemmStoreKeepsNaN(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		const m, n = 8, 32
		p := &s.F32
		a, b, dst := make([]float32, m), make([]float32, n), make([]float32, m*n)
		a[3] = float32(math.NaN())
		p.GemmStore(dst, n, a, 1, b, m, 1, n, Epilogue[float32]{ReLU: true}, make([]float32, StoreScratch))
		for i, x := range dst {
			if nan := x != x; nan != (i/n == 3) {
				t.Fatalf("row %d: %v", i/n, x)
			}
		}
	})
}
