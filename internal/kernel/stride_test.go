package kernel

import (
	"fmt"
	"testing"
)

// With a negative stride the last row lies before the first: assembly would write before
// a slice that is long enough for it.
func TestNegativeStridesPanic(t *testing.T) {
	for _, s := range append(variants(), genericSet()) {
		t.Run(s.Name, func(t *testing.T) {
			x, off := make([]float32, 256), []int32{100, 100, 100}
			panicsOver(t, "AddRows", "ld", func() { s.AddRows(x, off, x[100:], -8, 4) })
			negativeStrides(t, &s.F32)
			negativeStrides(t, &s.BF16)
		})
	}
}

func negativeStrides[E Elem](t *testing.T, p *Products[E]) {
	const m, n, before = 3, PanelCols, 1024 // of each slice, so that the write is within the test's memory
	k := p.RoundK(1)
	x, c := make([]E, 4096)[before:], make([]float32, 4096)[before:]
	scratch, add := make([]float32, StoreScratch), Epilogue[E]{Add: x, LdAdd: -n}
	for _, call := range []struct {
		name, stride string
		do           func()
	}{
		{"Gemm", "lda", func() { p.Gemm(c, n, x, -8, x, m, k, false) }},
		{"Gemm", "ldc", func() { p.Gemm(c, -n, x, k, x, m, k, false) }},
		{"GemmTN", "ldc", func() { p.GemmTN(c, -n, x, x, k, 1, false) }},
		{"GemmStore", "ldd", func() { p.GemmStore(x, -n, x, k, x, m, k, n, Epilogue[E]{}, scratch) }},
		{"GemmStore", "lda", func() { p.GemmStore(x, n, x, -8, x, m, k, n, Epilogue[E]{}, scratch) }},
		{"GemmStore", "LdAdd", func() { p.GemmStore(x, n, x, k, x, m, k, n, add, scratch) }},
		{"Store", "ldd", func() { p.Store(x, -n, c, n, m, n, Epilogue[E]{}) }},
		{"Store", "ldc", func() { p.Store(x, n, c, -n, m, n, Epilogue[E]{}) }},
		{"Store", "LdAdd", func() { p.Store(x, n, c, n, m, n, add) }},
		{"PackTransposed", "ld", func() { p.PackTransposed(x, x, -8, m, k) }},
		{"PackF32", "ld", func() { p.PackF32(x, c, -n, m, n) }},
		{"PackF32Transposed", "ld", func() { p.PackF32Transposed(x, c, -8, m, k) }},
		{"GatherRows", "ld", func() { p.GatherRows(x, -8, x, []int32{0, 0}, 1, 4, 4) }},
	} {
		panicsOver(t, call.name, call.stride, call.do)
	}
}

// panicsOver fails unless a call panics over the sign of a stride.
func panicsOver(t *testing.T, name, stride string, do func()) {
	t.Helper()
	defer func() {
		t.Helper()
		var got int
		r := fmt.Sprint(recover())
		_, err := fmt.Sscanf(r, "kernel: "+name+": "+stride+" = %d, need at least", &got)
		if err != nil || got >= 0 {
			t.Errorf("%s with a negative %s: %s", name, stride, r)
		}
	}()
	do()
}
