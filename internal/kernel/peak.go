package kernel

import "time"

// peakLoop runs rounds of multiply-adds in registers: each adds the product of
// the operands x and y to every one of lanes float32 sums, depth times. It
// returns the sum of all lanes, so that a test can count what was done.
type peakLoop struct {
	run   func(x, y float32, rounds int) float32
	lanes int
	depth int // products added to a lane in a round
}

// peakRounds is how many rounds one call makes: at most 0.3 ms in assembly, so that the
// goroutine can be preempted in between, and few enough for a lane to count exactly.
const peakRounds = 1 << 12

// Peak runs multiply-adds on values held in registers, with the instruction
// that multiplies E in this set, for about d, and returns the floating-point
// operations per second. No product can be faster on one core.
func (p *Products[E]) Peak(d time.Duration) float64 {
	began := time.Now()
	var calls int
	for calls == 0 || time.Since(began) < d {
		p.peak.run(1, 1, peakRounds)
		calls++
	}
	return 2 * float64(p.peak.lanes*p.peak.depth*peakRounds) * float64(calls) / time.Since(began).Seconds()
}
