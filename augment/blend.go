package augment

// blend moves from a to b by alpha, beyond b if alpha > 1, in float32,
// truncated toward zero and clipped to a byte, as Pillow's ImageEnhance does.
func blend(a, b uint8, alpha float32) uint8 {
	v := float32(a) + float32(alpha*float32(int(b)-int(a)))
	return uint8(min(max(int32(v), 0), 255))
}

// blendFrom replaces each byte v of pix by blend(a, v, alpha).
func blendFrom(pix []uint8, a uint8, alpha float32) {
	n := blendVector(pix, a, alpha)
	blendGeneric(pix[n:], a, alpha)
}

func blendGeneric(pix []uint8, a uint8, alpha float32) {
	if len(pix) < 256 { // a table would take longer
		for i, v := range pix {
			pix[i] = blend(a, v, alpha)
		}
		return
	}
	var table [256]uint8
	for v := range table {
		table[v] = blend(a, uint8(v), alpha)
	}
	for i, v := range pix {
		pix[i] = table[v]
	}
}
