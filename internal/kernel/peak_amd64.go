//go:build !noasm

package kernel

//go:noescape
func peakF32AVX2(sums *[96]float32, x, y float32, rounds int)

//go:noescape
func peakF32AVX512(sums *[384]float32, x, y float32, rounds int)

// peakBF16AVX512 takes each operand as a pair of the same BF16.
//
//go:noescape
func peakBF16AVX512(sums *[384]float32, x, y uint32, rounds int)

// peakBF16AMX takes tiles of 16 rows of 16 pairs.
//
//go:noescape
func peakBF16AMX(cfg *tileConfig, sums *[6 * 256]float32, x, y *[512]BF16, rounds int)

// peakAVX2 is the loop for both storage types: BF16 is widened.
func peakAVX2() peakLoop {
	run := func(x, y float32, rounds int) float32 {
		var sums [96]float32
		peakF32AVX2(&sums, x, y, rounds)
		return sumOfLanes(sums[:])
	}
	return peakLoop{run: run, lanes: 96, depth: 1}
}

func peakAVX512() peakLoop {
	run := func(x, y float32, rounds int) float32 {
		var sums [384]float32
		peakF32AVX512(&sums, x, y, rounds)
		return sumOfLanes(sums[:])
	}
	return peakLoop{run: run, lanes: 384, depth: 1}
}

func peakDot512() peakLoop {
	run := func(x, y float32, rounds int) float32 {
		var sums [384]float32
		peakBF16AVX512(&sums, pairOf(x), pairOf(y), rounds)
		return sumOfLanes(sums[:])
	}
	return peakLoop{run: run, lanes: 384, depth: 2}
}

func peakAMX() peakLoop {
	run := func(x, y float32, rounds int) float32 {
		var sums [6 * 256]float32
		var a, b [512]BF16
		for i := range a {
			a[i], b[i] = ToBF16(x), ToBF16(y)
		}
		peakBF16AMX(&tileConfigs[amxRows], &sums, &a, &b, rounds)
		return sumOfLanes(sums[:])
	}
	return peakLoop{run: run, lanes: 6 * 256, depth: amxK}
}

// pairOf is a pair of the same BF16.
func pairOf(x float32) uint32 {
	h := uint32(ToBF16(x))
	return h<<16 | h
}

func sumOfLanes(x []float32) float32 {
	var sum float32
	for _, v := range x {
		sum += v
	}
	return sum
}
