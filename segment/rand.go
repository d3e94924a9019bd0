package segment

import "math/big"

// Rand is the Rand index (Rand 1971, doi 10.1080/01621459.1971.10482356): the share of
// the pairs of pixels on which the two maps agree, both in one segment or both in two.
// From 0 to 1, higher is better; 1 for a single pixel, which has no pairs.
func (c Contingency) Rand() float64 {
	p := c.pairs()
	if p.all == 0 {
		return 1
	}
	return float64(p.all-p.a+p.both-(p.b-p.both)) / float64(p.all)
}

// AdjustedRand is the Rand index corrected for chance (Hubert and Arabie 1985, doi
// 10.1007/BF01908075): 1 for equal partitions, 0 on average for random labels,
// sometimes below.
//
//	(both − a·b/all) / ((a + b)/2 − a·b/all)
//
// Two maps of one segment and two maps of single pixels would give 0/0; they are
// equal partitions and give 1.
func (c Contingency) AdjustedRand() float64 {
	p := c.pairs()
	if p.a == p.b && (p.a == 0 || p.a == p.all) { // exactly where the denominator is 0
		return 1
	}
	// Multiplied by 2·all; products reach 10²⁷ at 12 megapixels.
	chance := product(p.a, p.b)
	over := product(2*p.both, p.all)
	over.Sub(over, chance).Sub(over, chance)
	under := product(p.a+p.b, p.all)
	under.Sub(under, chance).Sub(under, chance)
	v, _ := new(big.Rat).SetFrac(over, under).Float64()
	return v
}

// pairs counts pairs of pixels: those that share a segment in the first map, in
// the second, in both, and all pairs.
type pairs struct{ a, b, both, all int64 }

func (c Contingency) pairs() pairs {
	p := pairs{all: choose2(c.N)}
	for _, s := range c.A {
		p.a += choose2(s.N)
	}
	for _, s := range c.B {
		p.b += choose2(s.N)
	}
	for _, s := range c.Cells {
		p.both += choose2(s.N)
	}
	return p
}

func choose2(n int64) int64 { return n * (n - 1) / 2 }

func product(x, y int64) *big.Int { return new(big.Int).Mul(big.NewInt(x), big.NewInt(y)) }
