package kernel

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestStoreEqualsItsTwin(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		testStore(t, &s.F32)
		testStore(t, &s.BF16)
	})
}

func testStore[E Elem](t *testing.T, p *Products[E]) {
	r := rand.New(rand.NewPCG(15, 16))
	for n := 1; n <= 70; n++ {
		for kind := range 8 {
			m, ldd, ldc, ldadd := 1+r.IntN(4), n+r.IntN(5), n+r.IntN(5), n+r.IntN(5)
			c, add := randomGuarded[float32](r, (m-1)*ldc+n), randomGuarded[E](r, (m-1)*ldadd+n)
			bias := randomGuarded[float32](r, n)
			special(r, c.x)
			special(r, add.x)
			e := Epilogue[E]{ReLU: kind&1 != 0}
			if kind&2 != 0 {
				e.Bias = bias.x
			}
			if kind&4 != 0 {
				e.Add, e.LdAdd = add.x, ldadd
			}
			got, want := newGuarded[E]((m-1)*ldd+n), make([]E, (m-1)*ldd+n)
			p.Store(got.x, ldd, c.x, ldc, m, n, e)
			storeGeneric(want, ldd, c.x, ldc, m, n, e)
			name := fmt.Sprintf("%T m %d n %d kind %b", want, m, n, kind)
			equalWithin(t, name, got.x, want, 0)
			got.intact(t, name)
		}
	}
}

func TestStoreCrossesStretches(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		const m, n = 2*2048 + 3, 5
		r := rand.New(rand.NewPCG(17, 18))
		c := random[float32](r, m*n)
		e := Epilogue[BF16]{Add: random[BF16](r, m*n), LdAdd: n}
		got, want := make([]BF16, m*n), make([]BF16, m*n)
		s.BF16.Store(got, n, c, n, m, n, e)
		storeGeneric(want, n, c, n, m, n, e)
		equalWithin(t, "Store", got, want, 0)
	})
}
