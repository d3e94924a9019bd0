package train

import (
	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/tensor"
)

// participationRatio is in how many directions the rows of x (n, r) vary, if they vary
// alike in each of them. With the eigenvalues λ of the rows' covariance C it is
//
//	(Σλ)²/Σλ² = (tr C)²/‖C‖²
//
// between 1 and the smaller of n−1 and r, or 0 if all rows are equal. Gao et al. 2017, A
// theory of multineuronal dimensionality, dynamics and measurement, bioRxiv 214262. The
// products of centred rows with each other have the eigenvalues n·λ.
func participationRatio(x tensor.Tensor, pool *parallel.Pool) float64 {
	n := x.Shape[0]
	if n < 2 {
		return 0
	}
	rows := centred(x)
	traces, squares := make([]float64, n), make([]float64, n) // by row: sums in a fixed order
	pool.For(n, func(_, i int) {
		for j := range i {
			k := dot(rows[i], rows[j])
			squares[i] += 2 * k * k
		}
		traces[i] = dot(rows[i], rows[i])
		squares[i] += traces[i] * traces[i]
	})
	trace, square := 0.0, 0.0
	for i := range n {
		trace += traces[i]
		square += squares[i]
	}
	if square == 0 {
		return 0
	}
	return trace / square * trace
}

// centred are the rows of x without their mean.
func centred(x tensor.Tensor) [][]float64 {
	n, r := x.Shape[0], x.Shape[1]
	mean := make([]float64, r)
	for i := range n {
		for j, v := range x.F32[i*r : (i+1)*r] {
			mean[j] += float64(v) / float64(n)
		}
	}
	rows := make([][]float64, n)
	for i := range n {
		rows[i] = make([]float64, r)
		for j, v := range x.F32[i*r : (i+1)*r] {
			rows[i][j] = float64(v) - mean[j]
		}
	}
	return rows
}

func dot(a, b []float64) (sum float64) {
	b = b[:len(a)]
	for j, v := range a {
		sum += v * b[j]
	}
	return sum
}
