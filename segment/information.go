package segment

import "math"

// VariationOfInformation is H(A|B) + H(B|A), in bits (Meilă 2007, doi
// 10.1016/j.jmva.2006.11.013): a distance between partitions, 0 for equal ones and at
// most log2 of the number of pixels; lower is better.
//
// It is in bits because the BSDS benchmark uses log2: its published values, 1.17
// for people and 1.69 for gPb-owt-ucm (Arbeláez et al. 2011), are bits. Times ln 2
// it is in nats, the unit of some libraries.
func (c Contingency) VariationOfInformation() float64 {
	var sum float64
	for _, cell := range c.Cells { // every term is ≥ 0: nothing cancels
		n := float64(cell.N)
		sum += n * (math.Log2(float64(c.A[cell.A].N)/n) + math.Log2(float64(c.B[cell.B].N)/n))
	}
	return sum / float64(c.N)
}
