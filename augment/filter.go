package augment

import (
	"math"
	"slices"
)

// precision is the number of fraction bits of a coefficient, as in Pillow: of
// 32 bits, 8 remain for the pixel and 2 for sums beyond it.
const precision = 22

// filter is a resize along one axis: output i is the sum of count[i] samples
// starting at first[i], weighted by the coefficients starting at coef[i·taps].
type filter struct {
	first, count []int
	coef         []int32   // fixed point with precision fraction bits
	taps         int       // from one output's coefficients to the next's
	most         int       // the largest of count
	weight       []float64 // of one output, before rounding

	// For assembly, set by split.
	offset []int   // of the first sample
	words  []int16 // the coefficients from there on
}

// init makes f the antialiased bicubic filter from n samples to m. When it
// shrinks, the kernel is stretched by n/m so that every sample counts (as in
// Pillow's BICUBIC resize; Keys 1981, IEEE Trans. ASSP 29(6), with a = −1/2).
func (f *filter) init(n, m int) {
	scale := float64(n) / float64(m)
	stretch := max(scale, 1)
	support := 2 * stretch
	f.taps = 2*int(math.Ceil(support)) + 1
	grow(&f.first, m)
	grow(&f.count, m)
	grow(&f.coef, m*f.taps)
	grow(&f.weight, f.taps)
	f.most = 0
	for i := range m {
		center := float64((float64(i) + 0.5) * scale)
		first := max(int(center-support+0.5), 0)
		count := min(int(center+support+0.5), n) - first
		f.first[i], f.count[i] = first, count
		f.most = max(f.most, count)
		f.normalise(f.coefficients(i), float64(first)-center+0.5, 1/stretch)
	}
}

// mirror makes f, a filter of n samples, read them from the last to the first.
func (f *filter) mirror(n int) {
	for i := range f.first {
		f.first[i] = n - f.first[i] - f.count[i]
		slices.Reverse(f.coefficients(i))
	}
}

// split sets what assembly reads: every output takes the same number of sample
// pairs, which split returns, starting at a multiple of align samples; superfluous
// ones have weight 0. For each pair, words has first both coefficients modulo 2¹⁵,
// then what is above that. offset counts step units per sample.
func (f *filter) split(align, step int) int {
	pairs := (f.most + align - 1 + 1) / 2
	grow(&f.offset, len(f.first))
	clear(grow(&f.words, len(f.first)*pairs*4))
	for i, at := range f.first {
		lead := at % align
		f.offset[i] = (at - lead) * step
		words := f.words[i*pairs*4:][:pairs*4]
		for j, k := range f.coefficients(i) {
			j += lead
			j += j &^ 1 // pairs before it have four words
			words[j], words[j+2] = int16(k&(1<<15-1)), int16(k>>15)
		}
	}
	return pairs
}

// coefficients returns those of output i.
func (f *filter) coefficients(i int) []int32 { return f.coef[i*f.taps:][:f.count[i]] }

// normalise sets coef to the kernel at x·step, (x+1)·step, … scaled to sum 1.
func (f *filter) normalise(coef []int32, x, step float64) {
	sum := 0.0
	weight := f.weight[:len(coef)]
	for i := range weight {
		weight[i] = bicubic((float64(i) + x) * step)
		sum += weight[i]
	}
	for i, w := range weight {
		coef[i] = roundAway(w / sum * (1 << precision))
	}
}

// roundAway is math.Round without its branches, for |x| < 2³¹.
func roundAway(x float64) int32 {
	n := int32(x)
	return n + int32(2*(x-float64(n))) // the fraction is exact, and so is twice that
}

// bicubic is the cubic convolution kernel of Keys with a = −1/2:
//
//	(a+2)|x|³ − (a+3)|x|² + 1      for |x| < 1
//	a(|x|³ − 5|x|² + 8|x| − 4)     for 1 ≤ |x| < 2
//
// As elsewhere in this package, a conversion around a product keeps it from being
// fused into a sum, which happens on some processors and rounds differently.
func bicubic(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return float64((float64(1.5*x)-2.5)*x*x) + 1
	case x < 2:
		return (float64((float64((x-5)*x)+8)*x) - 4) * -0.5
	}
	return 0
}
