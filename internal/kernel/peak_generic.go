package kernel

// peakGeneric is the loop in plain Go.
func peakGeneric() peakLoop { return peakLoop{run: peakRoundsGeneric, lanes: 12, depth: 1} }

// peakRoundsGeneric computes s·x + y instead of s + x·y, which is the same if x
// is 1: a product shared by all sums would be computed only once, and products
// of different operands do not all fit in registers.
func peakRoundsGeneric(x, y float32, rounds int) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11 float32
	for range rounds {
		s0 = s0*x + y
		s1 = s1*x + y
		s2 = s2*x + y
		s3 = s3*x + y
		s4 = s4*x + y
		s5 = s5*x + y
		s6 = s6*x + y
		s7 = s7*x + y
		s8 = s8*x + y
		s9 = s9*x + y
		s10 = s10*x + y
		s11 = s11*x + y
	}
	return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11
}
