package ref

import "math"

// softClip is s' = clip·tanh(s/clip), PAPER 1.2; clip 0 leaves s alone.
func softClip(s, clip float64) float64 {
	if clip == 0 {
		return s
	}
	return clip * math.Tanh(s/clip)
}

// softClipSlope is ds'/ds = 1 − tanh²(s/clip).
func softClipSlope(s, clip float64) float64 {
	if clip == 0 {
		return 1
	}
	t := math.Tanh(s / clip)
	return 1 - t*t
}

// logSumExp is log Σ exp(s_i), computed as m + log Σ exp(s_i − m) with m the
// maximum, so that nothing overflows.
func logSumExp(s []float64) float64 {
	m := math.Inf(-1)
	for _, v := range s {
		m = math.Max(m, v)
	}
	var sum float64
	for _, v := range s {
		sum += math.Exp(v - m)
	}
	return m + math.Log(sum)
}
