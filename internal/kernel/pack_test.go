package kernel

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// Sizes cross a vector, half a panel, a panel, and the blocks of a transpose, 8 × 8
// and 16 × 16 dwords, alone and in pairs.
var (
	packDepths = []int{1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 48, 49, 64, 65, 130}
	packWidths = []int{1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65}
)

// checkPacked fails unless every element of packed is at(p, j) for p < k and
// j < n, and zero elsewhere.
func checkPacked[E Elem](
	t *testing.T, name string, l layout, packed []E, kRound, k, n int, at func(p, j int) float64,
) {
	t.Helper()
	if l == byHalves {
		packed = joined(packed, kRound)
	}
	for p := range kRound {
		for j := range Panels(n) * PanelCols {
			want := 0.
			if p < k && j < n {
				want = at(p, j)
			}
			if got := unpack(packed, kRound, p, j); got != want && (got == got || want == want) {
				t.Fatalf("%s: row %d column %d is %v, want %v", name, p, j, got, want)
			}
		}
	}
}

// joined is the inverse of halved.
func joined[E Elem](panels []E, k int) []E {
	out, d := make([]E, len(panels)), depth[E]()
	for i := range panels {
		q, half, p, j, e := i/(32*k), i/(16*k)%2, i/(16*d)%(k/d), i/d%16, i%d
		out[q*32*k+(p*32+half*16+j)*d+e] = panels[i]
	}
	return out
}

// round is x as stored in E.
func round[E Elem](x float32) float64 {
	var e [1]E
	narrowGeneric(e[:], []float32{x})
	return wide(e[0])
}

func TestPackedMatricesHaveTheirElementsInPlace(t *testing.T) {
	for _, s := range append(variants(), genericSet()) {
		t.Run(s.Name, func(t *testing.T) {
			testPack(t, &s.F32)
			testPack(t, &s.BF16)
		})
	}
}

func testPack[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(19, 20))
	for _, k := range packDepths {
		for _, n := range packWidths {
			name := fmt.Sprintf("%T k %d n %d", []E{}, k, n)
			testPackRows(t, r, name, p, k, n)
			testPackTransposed(t, r, name, p, k, n)
			testPackF32(t, r, name, p, k, n)
		}
	}
}

// newPacked is room for a packed matrix, with something in it.
func newPacked[E Elem](p *Products[E], k, n int) guarded[E] {
	g := newGuarded[E](p.PackedLen(k, n))
	narrowGeneric(g.x, slices.Repeat([]float32{7}, len(g.x)))
	return g
}

// specialGuarded has NaN and infinities among its elements.
func specialGuarded[E Elem](r *rand.Rand, n int) guarded[E] {
	g := randomGuarded[E](r, n)
	special(r, g.x)
	return g
}

func testPackRows[E Elem](t *testing.T, r *rand.Rand, name string, p *Products[E], k, n int) {
	ld := n + r.IntN(5)
	src, dst := specialGuarded[E](r, (k-1)*ld+n), newPacked(p, k, n)
	off := make([]int32, k)
	for i := range off {
		off[i] = int32(r.IntN(k) * ld)
	}
	p.PackRows(dst.x, src.x, off, n)
	checkPacked(t, "PackRows "+name, p.layout, dst.x, p.RoundK(k), k, n,
		func(i, j int) float64 { return wide(src.x[int(off[i])+j]) })
	dst.intact(t, "PackRows "+name)
}

func testPackTransposed[E Elem](t *testing.T, r *rand.Rand, name string, p *Products[E], k, n int) {
	ld := k + r.IntN(5)
	src, dst := specialGuarded[E](r, (n-1)*ld+k), newPacked(p, k, n)
	p.PackTransposed(dst.x, src.x, ld, n, k)
	checkPacked(t, "PackTransposed "+name, p.layout, dst.x, p.RoundK(k), k, n,
		func(i, j int) float64 { return wide(src.x[j*ld+i]) })
	dst.intact(t, "PackTransposed "+name)

	weights := specialGuarded[float32](r, (n-1)*ld+k)
	dst = newPacked(p, k, n)
	p.PackF32Transposed(dst.x, weights.x, ld, n, k)
	checkPacked(t, "PackF32Transposed "+name, p.layout, dst.x, p.RoundK(k), k, n,
		func(i, j int) float64 { return round[E](weights.x[j*ld+i]) })
	dst.intact(t, "PackF32Transposed "+name)
}

func testPackF32[E Elem](t *testing.T, r *rand.Rand, name string, p *Products[E], k, n int) {
	ld := n + r.IntN(5)
	src, dst := specialGuarded[float32](r, (k-1)*ld+n), newPacked(p, k, n)
	p.PackF32(dst.x, src.x, ld, k, n)
	checkPacked(t, "PackF32 "+name, p.layout, dst.x, p.RoundK(k), k, n,
		func(i, j int) float64 { return round[E](src.x[i*ld+j]) })
	dst.intact(t, "PackF32 "+name)
}

// Assembly takes offsets as they are.
func TestNegativeOffsetsPanic(t *testing.T) {
	off, x, packed := []int32{0, -1}, make([]float32, 64), make([]float32, 8*PanelCols)
	s := genericSet()
	for name, call := range map[string]func(){
		"PackRows": func() { s.F32.PackRows(packed, x, off, 3) },
		"PackLeft": func() { s.F32.PackLeft(packed, x, off, 3) },
		"AddRows":  func() { s.AddRows(x, off, x, 3, 3) },
	} {
		func() {
			defer func() {
				if want := "kernel: " + name + ": off[1] = -1, want none below 0"; recover() != want {
					t.Errorf("%s does not panic with %q", name, want)
				}
			}()
			call()
		}()
	}
}

func TestPackersCrossStretches(t *testing.T) {
	for _, s := range append(variants(), genericSet()) {
		t.Run(s.Name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(21, 22))
			const k, n = 2*4096 + 3, 33 // one call packs 2048 rows, or pairs of them
			testPackRows(t, r, "float32", &s.F32, k, n)
			testPackTransposed(t, r, "float32", &s.F32, k, n)
			testPackF32(t, r, "float32", &s.F32, k, n)
			testPackRows(t, r, "BF16", &s.BF16, k, n)
			testPackTransposed(t, r, "BF16", &s.BF16, k, n)
			testPackF32(t, r, "BF16", &s.BF16, k, n)
		})
	}
}

func TestGatherRowsEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		r := rand.New(rand.NewPCG(27, 28))
		for _, c := range []struct{ runs, run, tail int }{
			{1, 1, 0}, {3, 9, 0}, {3, 9, 5}, {5, 15, 21}, {2, 16, 16}, {2, 32, 32}, {2, 33, 1}, {2, 1, 40},
			{4, 256, 0},
		} {
			for _, rows := range []int{1, 2, 77} {
				testGatherRows(t, r, &s.F32, rows, c.runs, c.run, c.tail)
				testGatherRows(t, r, &s.BF16, rows, c.runs, c.run, c.tail)
			}
		}
	})
}

func testGatherRows[E Elem](t *testing.T, r *rand.Rand, p *Products[E], rows, runs, run, tail int) {
	step, ld := run+r.IntN(7), runs*run+tail
	src, got := specialGuarded[E](r, (runs-1)*step+run+99), newGuarded[E](rows*ld)
	off := make([]int32, rows)
	for i := range off {
		off[i] = int32(r.IntN(100))
	}
	want := make([]E, rows*ld)
	gatherRowsGeneric(want, ld, src.x, off, runs, run, step)
	p.GatherRows(got.x, ld, src.x, off, runs, run, step)
	name := fmt.Sprintf("%T %d rows of %d times %d and %d", want, rows, runs, run, tail)
	if !bytes.Equal(memory(got.x), memory(want)) {
		t.Fatalf("%s: other bytes than %v", name, want)
	}
	got.intact(t, name)
}

// memory is x as it lies, so that a NaN equals itself.
func memory[E Elem](x []E) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*int(unsafe.Sizeof(x[0])))
}
