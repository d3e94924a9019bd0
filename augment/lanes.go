package augment

// pixelPair holds R, G and B of two pixels, one pixel in the lower and one in the
// upper 32 bits of each word, so that one multiplication weights two samples:
// (a + b·2³²)·k = a·k + b·k·2³² modulo 2⁶⁴. Sums in it are exact as long as each
// half fits in 32 bits, which the precision of a filter ensures.
type pixelPair [3]uint64

// half is ½ in the fixed point of a filter, in both halves of a word.
const half = 1<<(precision-1) | 1<<(precision-1+32)

// pack sets dst[i] to the i-th pixels of a and b.
func pack(dst []pixelPair, a, b []uint8) {
	n := len(dst) * 3
	a, b = a[:n], b[:n]
	for i := 0; i < n-2; i += 3 {
		p := &dst[i/3]
		p[0] = uint64(a[i]) | uint64(b[i])<<32
		p[1] = uint64(a[i+1]) | uint64(b[i+1])<<32
		p[2] = uint64(a[i+2]) | uint64(b[i+2])<<32
	}
}

// weigh returns the sum of every stride-th pair of p, weighted by coef, plus ½.
// If inlined, its sums would not stay in registers.
//
//go:noinline
func weigh(p []pixelPair, stride int, coef []int32) (r, g, b uint64) {
	r, g, b = half, half, half
	at := 0
	for _, c := range coef {
		k := uint64(int64(c))
		q := &p[at]
		r += k * q[0]
		g += k * q[1]
		b += k * q[2]
		at += stride
	}
	return r, g, b
}

// unpack writes the integer parts of the sums, between 0 and 255, to a and b.
func unpack(a, b []uint8, sums []pixelPair) {
	for i := range sums {
		p, q := a[i*3:][:3], b[i*3:][:3]
		for c, w := range &sums[i] {
			lo := int32(w)
			hi := int32((w - uint64(int64(lo))) >> 32) // without the borrow of a negative lo
			p[c] = clip(lo)
			q[c] = clip(hi)
		}
	}
}

func clip(v int32) uint8 { return uint8(min(max(v>>precision, 0), 255)) }
