package kernel

import (
	"fmt"
	"os"
	"strings"
)

// Set is one family of implementations of every kernel of the package.
type Set struct {
	Name string

	F32  Products[float32]
	BF16 Products[BF16]

	// FastBF16 says that BF16 products have their own instructions, at least twice
	// as fast as float32. It is decided by the kind of processor, never by a timing.
	FastBF16 bool

	// Block is how many bytes of one operand should be worked on at a time, so
	// that they stay in the L2 cache beside a panel of the other.
	Block int

	math mathFuncs
	nce  nceFunc
}

// Products are the kernels for activations stored as E. Obtain one from a Set.
type Products[E Elem] struct {
	// KAlign is what the number of packed rows is rounded up to, with zero
	// rows: 1 for float32; for BF16 2, or 32 in the amx set.
	KAlign int

	// Depth is how many rows GemmTN best takes at once: few enough for a panel of
	// either operand to stay in the cache, and enough to be worth loading the sums.
	Depth int

	// KBlock is how many rows of a panel a product takes before the next panel, so
	// that they stay in the cache; 0: all.
	KBlock int

	// Clash is how many bytes apart rows of a left operand are slow, and any multiple
	// of it, because they share few sets of the L1 cache; 0: at no distance.
	Clash int

	// Again is the number of terms up to which a product is better recomputed than
	// kept in memory: writing it and reading it back takes longer.
	Again int

	layout layout // of what is packed, except by PackLeft

	gemm             gemmFunc[E]
	gemmTN           gemmTNFunc[E]
	gemmStore        gemmStoreFunc[E] // nil: gemm and store
	gatherRows       func(dst []E, ld int, src []E, off []int32, runs, run, step int)
	packRows         func(dst, src []E, off []int32, cols, kRound int)
	packLeft         func(dst, src []E, off []int32, cols, kRound int)
	packTransposed   func(dst, src []E, ld, n, k, kRound int)
	packF32          func(dst []E, src []float32, ld, k, n, kRound int)
	packF32Transpose func(dst []E, src []float32, ld, n, k, kRound int)
	nceGradient      func(dst []E, a float32, u []float32, b float32, x []float32)
	store            func(dst []E, ldd int, c []float32, ldc, m, n int, e Epilogue[E])
	peak             peakLoop
	rowFuncs[E]
}

// gemmFunc is Gemm for m ≥ 1.
type gemmFunc[E Elem] func(c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool)

// gemmTNFunc is GemmTN for k ≥ 1 and panels ≥ 1.
type gemmTNFunc[E Elem] func(c []float32, ldc int, at, b []E, k, panels int, acc bool)

// gemmStoreFunc is GemmStore for k ≥ 1 rows from row k0 of whole panels, each with all
// of what e adds or nothing.
type gemmStoreFunc[E Elem] func(
	dst []E, ldd int, a []E, lda int, b []E, k0, m, k, panels int, e Epilogue[E], scratch []float32,
)

// Sets returns the sets that this machine can run: generic first, the best last.
func Sets() []*Set {
	return append([]*Set{genericSet()}, archSets()...)
}

// ByName returns the named set. The empty name means the environment variable
// AMDIM_KERNEL, and if that is empty too, the best set of the machine.
func ByName(name string) (*Set, error) {
	named := fmt.Sprintf("set %q", name)
	if name == "" {
		name = os.Getenv("AMDIM_KERNEL")
		named = "AMDIM_KERNEL=" + name
	}
	sets := Sets()
	if name == "" {
		return sets[len(sets)-1], nil
	}
	var names []string
	for _, s := range sets {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("kernel: %s: this processor has %s", named, strings.Join(names, ", "))
}

// genericSet is plain Go: the definition of every kernel.
func genericSet() *Set {
	return &Set{
		Name:  "generic",
		Block: 256 << 10,
		F32:   genericProducts[float32](1),
		BF16:  genericProducts[BF16](2),
		math:  genericMath(),
		nce:   nceGeneric,
	}
}

func genericProducts[E Elem](kAlign int) Products[E] {
	return Products[E]{
		KAlign:           kAlign,
		Depth:            128,
		Clash:            1 << 10,
		Again:            64,
		gemm:             gemmGeneric[E],
		gemmTN:           gemmTNGeneric[E],
		gatherRows:       gatherRowsGeneric[E],
		packRows:         packRowsGeneric[E],
		packLeft:         packRowsGeneric[E],
		packTransposed:   packTransposedGeneric[E],
		packF32:          packF32Generic[E],
		packF32Transpose: packF32TransposedGeneric[E],
		nceGradient:      nceGradientGeneric[E],
		store:            storeGeneric[E],
		peak:             peakGeneric(),
		rowFuncs:         genericRows[E](),
	}
}

// need panics unless got ≥ want.
func need(fn, what string, got, want int) {
	if got < want {
		panic(fmt.Sprintf("kernel: %s: %s = %d, need at least %d", fn, what, got, want))
	}
}

// needRows panics unless a slice of got elements has rows of n starting at each
// offset. An offset that overflowed an int32 is negative.
func needRows(fn, what string, got int, off []int32, n int) {
	for i, o := range off {
		if o < 0 || int(o) > got-n {
			outside(fn, what, got, i, o, n)
		}
	}
}

// outside panics for row i, which is not within.
func outside(fn, what string, got, i int, o int32, n int) {
	if o < 0 {
		panic(fmt.Sprintf("kernel: %s: off[%d] = %d, want none below 0", fn, i, o))
	}
	need(fn, what, got, int(o)+n)
}

// same panics unless got == want.
func same(fn, what string, got, want int) {
	if got != want {
		panic(fmt.Sprintf("kernel: %s: %s = %d, want %d", fn, what, got, want))
	}
}
