package kernel

import (
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"
)

// edge returns n elements that end where no memory is: to read behind them
// faults, also where what is read has no effect.
func edge[E Elem](t *testing.T, n int) []E {
	var e E
	page, size := syscall.Getpagesize(), n*int(unsafe.Sizeof(e))
	whole := (size + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, whole+page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Skipf("no memory to map: %v", err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	if err := syscall.Mprotect(mem[whole:], syscall.PROT_NONE); err != nil {
		t.Skipf("no memory to protect: %v", err)
	}
	// size is a multiple of the size of E and page of its alignment.
	return unsafe.Slice((*E)(unsafe.Pointer(&mem[whole-size])), n)
}

func TestKernelsStayWithinTheirSlices(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testEdges(t, &s.F32)
		testEdges(t, &s.BF16)
		testRowEdges(t, &s.F32)
		testRowEdges(t, &s.BF16)
		testMathEdges(t, s)
	})
}

func testEdges[E Elem](t *testing.T, p *Products[E]) {
	const ld, most = 67, 65
	k := p.KAlign * 3
	a, b := edge[E](t, most*k), edge[E](t, 2*k*PanelCols)
	x, y, packed := edge[E](t, most*ld), edge[E](t, most*ld), edge[E](t, p.PackedLen(most, ld))
	c, acc := edge[float32](t, most*ld), edge[float32](t, ld)
	tail := func(n int) int { return most*ld - n } // the last n elements
	for n := 1; n <= most; n++ {
		within(t, "Gemm", n, func() {
			p.Gemm(c[tail((n-1)*ld+PanelCols):], ld, a[(most-n)*k:], k, b[k*PanelCols:], n, k, false)
		})
		within(t, "Store", n, func() {
			e := Epilogue[E]{Bias: acc[ld-n:], Add: x[tail(2*ld+n):], LdAdd: ld}
			p.Store(y[tail(2*ld+n):], ld, c[tail(2*ld+n):], ld, 3, n, e)
		})
		within(t, "PackRows", n, func() {
			p.PackRows(packed[len(packed)-p.PackedLen(3, n):], x[tail(n):], []int32{0, 0, 0}, n)
		})
		within(t, "PackLeft", n, func() {
			p.PackLeft(packed[len(packed)-p.PanelLen(n):], x[tail(1+n%PanelCols):], make([]int32, n), 1+n%PanelCols)
		})
		within(t, "GatherRows", n, func() {
			p.GatherRows(y[tail(2*(2*n+3)):], 2*n+3, x[tail(2*n+1):], []int32{0, 1}, 2, n, n)
		})
		within(t, "PackTransposed", n, func() {
			p.PackTransposed(packed[len(packed)-p.PackedLen(n, 33):], x[tail(32*ld+n):], ld, 33, n)
		})
		within(t, "PackF32", n, func() {
			p.PackF32(packed[len(packed)-p.PackedLen(3, n):], c[tail(2*ld+n):], ld, 3, n)
		})
		within(t, "PackF32Transposed", n, func() {
			p.PackF32Transposed(packed[len(packed)-p.PackedLen(n, 33):], c[tail(32*ld+n):], ld, 33, n)
		})
	}
	for _, n := range []int{1, 33, 64} {
		e := Epilogue[E]{Bias: acc[ld-n:], Add: y[tail(32*n+n):], LdAdd: n}
		within(t, "GemmStore", n, func() {
			p.GemmStore(x[tail(32*n+n):], n, b[len(b)-33*k:], k, packed[len(packed)-p.PackedLen(k, n):], 33, k, n, e,
				make([]float32, StoreScratch))
		})
	}
	within(t, "GemmTN", 2, func() { p.GemmTN(c[tail(31*ld+64):], ld, b[k*PanelCols:], b, k, 2, true) })
}

func testRowEdges[E Elem](t *testing.T, p *Products[E]) {
	const most, rows = 65, 5
	w, x, y := edge[E](t, rows*most), edge[E](t, rows*most), edge[E](t, rows*most)
	wide, acc, acc2 := edge[float32](t, rows*most), edge[float32](t, most), edge[float32](t, most)
	for n := 1; n <= most; n++ {
		at := rows * (most - n)
		w, x, y, wide, f, f2 := w[at:], x[at:], y[at:], wide[at:], acc[most-n:], acc2[most-n:]
		within(t, "AddTo", n, func() { p.AddTo(f, x) })
		within(t, "AddMoments", n, func() { p.AddMoments(f, f2, x, f) })
		within(t, "AddProds", n, func() { p.AddProds(f, f2, y, x, f) })
		within(t, "ScaleShift", n, func() { p.ScaleShift(w, x, f, f2, true) })
		within(t, "Affine", n, func() { p.Affine(w, y, x, f, f2, f) })
		within(t, "ReLUMask", n, func() { p.ReLUMask(w, x, y) })
		within(t, "Add", n, func() { p.Add(w, x, y) })
		within(t, "Narrow", n, func() { p.Narrow(w, wide) })
		within(t, "Widen", n, func() { p.Widen(wide, w) })
		within(t, "NCEGradient", n, func() { p.NCEGradient(w, 1, wide, 1, wide) })
	}
}

func testMathEdges(t *testing.T, s *Set) {
	const most = 65
	x, y, m, v := edge[float32](t, most), edge[float32](t, most), edge[float32](t, most), edge[float32](t, most)
	for n := 1; n <= most; n++ {
		x, y, m, v := x[most-n:], y[most-n:], m[most-n:], v[most-n:]
		within(t, "Max", n, func() { s.Max(x) })
		within(t, "Dot", n, func() { s.Dot(x, y) })
		within(t, "Axpy", n, func() { s.Axpy(y, 2, x) })
		within(t, "Scale", n, func() { s.Scale(y, 2, x) })
		within(t, "AddRows", n, func() { s.AddRows(y, []int32{0, 0, 0}, x[:n:n], 0, n) })
		within(t, "NCEScores", n, func() { s.NCEScores(y, x, NCEClip{Scale: 1, Clip: 20}) })
		within(t, "NCEScores without a clip", n, func() { s.NCEScores(y, x, NCEClip{Scale: 1}) })
		within(t, "AdamStep", n, func() { s.AdamStep(y, m, v, x, AdamParams{}) })
	}
}

// within fails if body faults.
func within(t *testing.T, name string, n int, body func()) {
	t.Helper()
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s, n %d: %v", name, n, r)
		}
	}()
	body()
}
