package feature

import (
	"fmt"
	"math"
	"slices"
)

// Features are the vectors of the images of a data set.
type Features struct {
	Dim    int
	X      []float32 // (n, Dim)
	Labels []int32   // (n), or none: search and moments need none
}

// Len is the number of images.
func (f Features) Len() int {
	if f.Dim == 0 {
		return 0
	}
	return len(f.X) / f.Dim
}

// Row is the vector of image i.
func (f Features) Row(i int) []float32 { return f.X[i*f.Dim : (i+1)*f.Dim : (i+1)*f.Dim] }

// Subset are the vectors of some images, copied.
func (f Features) Subset(images []int) Features {
	s := Features{Dim: f.Dim}
	for _, i := range images {
		s.X = append(s.X, f.Row(i)...)
		if f.Labels != nil {
			s.Labels = append(s.Labels, f.Labels[i])
		}
	}
	return s
}

// constantShare is the deviation, as a share of the largest one, below which a
// dimension counts as constant: what remains is rounding.
const constantShare = 1e-6

// Standardize gives every dimension of train mean 0 and deviation 1, and
// applies the same shift and scale to test. A dimension that is constant on
// train becomes 0 in both: a random encoder has many (PAPER 3.5).
func Standardize(train, test Features) {
	if train.Dim != test.Dim {
		panic(fmt.Sprintf("feature: Standardize: test has %d dimensions, train %d", test.Dim, train.Dim))
	}
	m := MomentsOf(train)
	for _, f := range []Features{train, test} {
		for i := range f.Len() {
			m.Apply(f.Row(i), f.Row(i))
		}
	}
}

// Moments standardise vectors: (x − Mean)·RStd in each dimension. The zero value
// leaves vectors as they are.
type Moments struct {
	Mean []float32 // (Dim)
	RStd []float32 // (Dim), 1/deviation; 0 where the dimension is constant
}

// MomentsOf returns the moments of all vectors of the parts together, which have the
// same Dim.
func MomentsOf(parts ...Features) Moments {
	dim := parts[0].Dim
	sum, square, n := make([]float64, dim), make([]float64, dim), 0.0
	for _, f := range parts {
		for row := range slices.Chunk(f.X, dim) {
			for j, x := range row {
				sum[j] += float64(x)
			}
			n++
		}
	}
	for _, f := range parts {
		for row := range slices.Chunk(f.X, dim) {
			for j, x := range row {
				d := float64(x) - sum[j]/n
				square[j] += d * d
			}
		}
	}
	largest := 0.0
	for _, s := range square {
		largest = max(largest, s)
	}
	m := Moments{Mean: make([]float32, dim), RStd: make([]float32, dim)}
	for j, s := range square {
		m.Mean[j] = float32(sum[j] / n)
		if s > constantShare*constantShare*largest {
			m.RStd[j] = float32(math.Sqrt(n / s))
		}
	}
	return m
}

// Apply sets dst to src standardised; they may be the same slice.
func (m Moments) Apply(dst, src []float32) {
	if m.Mean == nil {
		copy(dst, src)
		return
	}
	for j, x := range src {
		dst[j] = (x - m.Mean[j]) * m.RStd[j]
	}
}

// Unit are the vectors scaled to length 1; one of zeros stays zero.
func (f Features) Unit() Features {
	return Features{Dim: f.Dim, X: unit(f, 0, f.Len(), Moments{}), Labels: f.Labels}
}

// ByClass lists the images of each class.
func ByClass(labels []int32, classes int) [][]int {
	members := make([][]int, classes)
	for i, l := range labels {
		members[l] = append(members[l], i)
	}
	return members
}

// Cosine is that of two vectors, in [−1, 1], summed in float64: equal vectors give 1, which
// sums in float32 miss by about 1e-7. It is 0 if one of them has no direction.
func Cosine(u, v []float32) float64 {
	var uv, uu, vv float64
	for i := range u {
		uv += float64(u[i]) * float64(v[i])
		uu += float64(u[i]) * float64(u[i])
		vv += float64(v[i]) * float64(v[i])
	}
	if uu == 0 || vv == 0 {
		return 0
	}
	return min(max(uv/math.Sqrt(uu*vv), -1), 1)
}
