package eval

import (
	"math"

	"github.com/amdim/amdim/feature"
)

// span is an orthonormal basis of the space that a few vectors of many dimensions span: the
// smallest one in which the regression on them has the same optimum, because what its weights
// have beside that space changes no logit and only adds to their norm.
//
// With the vectors as rows of X and X·Xᵀ = L·Lᵀ (Cholesky, with the longest remainder first),
// the basis is Q = Xᵀ·L⁻ᵀ, and X = L·Qᵀ: the rows of L are the vectors in that basis.
type span struct {
	of     feature.Features
	chosen []int       // vectors that are independent of those before, in order
	l      [][]float64 // (n, chosen) L, in the order of the vectors
}

// independent is the share of the longest squared length that must be left of a vector for
// it to be independent: what is less is rounding of float32.
const independent = 1e-9

func spanOf(f feature.Features) span {
	n := f.Len()
	s := span{of: f, l: make([][]float64, n)}
	left := make([]float64, n) // squared length of what the basis does not reach
	longest := 0.0
	for i := range left {
		left[i] = dot(f.Row(i), f.Row(i))
		longest = max(longest, left[i])
	}
	for len(s.chosen) < n {
		next := 0
		for i, v := range left {
			if v > left[next] {
				next = i
			}
		}
		if left[next] <= independent*longest {
			break
		}
		s.add(next, left)
	}
	return s
}

// add makes a vector one of the chosen.
func (s *span) add(next int, left []float64) {
	k, diagonal := len(s.chosen), math.Sqrt(left[next])
	for i := range s.l {
		v := 0.0 // of what was chosen before
		switch {
		case i == next:
			v = diagonal
		case left[i] > 0:
			v = dot(s.of.Row(i), s.of.Row(next))
			for j := range k {
				v -= s.l[i][j] * s.l[next][j]
			}
			v /= diagonal
		}
		s.l[i] = append(s.l[i], v)
	}
	for i := range left {
		left[i] = max(0, left[i]-s.l[i][k]*s.l[i][k])
	}
	left[next] = 0
	s.chosen = append(s.chosen, next)
}

// rank is the dimension of the space.
func (s span) rank() int { return len(s.chosen) }

// coordinates are the vectors in the basis.
func (s span) coordinates() feature.Features {
	f := feature.Features{Dim: s.rank(), Labels: s.of.Labels}
	for _, row := range s.l {
		for _, v := range row {
			f.X = append(f.X, float32(v))
		}
	}
	return f
}

// lift turns weights (chosen, classes) on coordinates into Q·weight, weights (Dim, classes)
// on vectors.
func (s span) lift(weight []float32, classes int) []float32 {
	lifted := make([]float32, s.of.Dim*classes)
	sum := make([]float64, len(lifted))
	a := s.solve(weight, classes)
	for k, i := range s.chosen {
		for d, x := range s.of.Row(i) {
			for c, v := range a[k] {
				sum[d*classes+c] += float64(x) * v
			}
		}
	}
	for i, v := range sum {
		lifted[i] = float32(v)
	}
	return lifted
}

// solve is L⁻ᵀ·weight over the chosen vectors, a row for each of them.
func (s span) solve(weight []float32, classes int) [][]float64 {
	a := make([][]float64, len(s.chosen))
	for k := len(a) - 1; k >= 0; k-- {
		a[k] = make([]float64, classes)
		for c := range a[k] {
			v := float64(weight[k*classes+c])
			for j := k + 1; j < len(a); j++ {
				v -= s.l[s.chosen[j]][k] * a[j][c]
			}
			a[k][c] = v / s.l[s.chosen[k]][k]
		}
	}
	return a
}

// dot is the product of two vectors; four sums at a time keep the adders busy.
func dot(a, b []float32) float64 {
	var s, t, u, v float64
	for len(a) >= 4 && len(b) >= 4 {
		s += float64(a[0]) * float64(b[0])
		t += float64(a[1]) * float64(b[1])
		u += float64(a[2]) * float64(b[2])
		v += float64(a[3]) * float64(b[3])
		a, b = a[4:], b[4:]
	}
	for i, x := range a {
		s += float64(x) * float64(b[i])
	}
	return s + t + u + v
}
