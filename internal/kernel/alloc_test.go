package kernel

import "testing"

// A step calls these some hundred thousand times.
func TestKernelsDoNotAllocate(t *testing.T) {
	for _, s := range Sets() {
		testAllocs(t, s, &s.F32)
		testAllocs(t, s, &s.BF16)
	}
}

func testAllocs[E Elem](t *testing.T, s *Set, p *Products[E]) {
	const n = 64
	f, x, y := make([]float32, n*n), make([]E, n*n), make([]E, n*n)
	off := []int32{0, 64, 32}
	for name, run := range map[string]func(){
		"Gemm":              func() { p.Gemm(f, n, x, n, y, n-1, n, false) },
		"GemmTN":            func() { p.GemmTN(f, n, x, y, n, 2, true) },
		"GatherRows":        func() { p.GatherRows(y, 32, x, off, 3, 9, 40) },
		"PackRows":          func() { p.PackRows(y, x, off, 33) },
		"PackLeft":          func() { p.PackLeft(y, x, off, 32) },
		"PackTransposed":    func() { p.PackTransposed(y, x, n, 63, 63) },
		"PackF32":           func() { p.PackF32(y, f, n, 63, 63) },
		"PackF32Transposed": func() { p.PackF32Transposed(y, f, n, 63, 63) },
		"Store":             func() { p.Store(x, n, f, n, n, n, Epilogue[E]{Bias: f, Add: y, LdAdd: n}) },
		"AddTo":             func() { p.AddTo(f[:n], x) },
		"AddMoments":        func() { p.AddMoments(f[:n], f[n:2*n], x, f[:n]) },
		"AddProds":          func() { p.AddProds(f[:n], f[n:2*n], x, y, f[:n]) },
		"ScaleShift":        func() { p.ScaleShift(x, x, f[:n], f[:n], true) },
		"Affine":            func() { p.Affine(x, x, y, f[:n], f[:n], f[:n]) },
		"ReLUMask":          func() { p.ReLUMask(x, x, y) },
		"Narrow":            func() { p.Narrow(x, f) },
		"AddRows":           func() { s.AddRows(f, off, f, n, n) },
		"Dot":               func() { s.Dot(f, f) },
		"Axpy":              func() { s.Axpy(f, 1, f) },
		"Scale":             func() { s.Scale(f, 1, f) },
		"NCEScores":         func() { s.NCEScores(f, f, NCEClip{Scale: 1, Clip: 20}) },
		"NCEGradient":       func() { p.NCEGradient(x, 1, f, 1, f) },
		"Max":               func() { s.Max(f) },
		"AdamStep":          func() { s.AdamStep(f, f, f, f, AdamParams{}) },
	} {
		if a := testing.AllocsPerRun(10, run); a != 0 {
			t.Errorf("%s: %s of %T allocates %v times", s.Name, name, x, a)
		}
	}
}
