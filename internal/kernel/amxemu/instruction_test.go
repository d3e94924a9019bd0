package amxemu

import "testing"

// Encodings by the assembler of LLVM 14.
func TestDecode(t *testing.T) {
	const rax, rbx, rdx, r9, r10, r11, r12, r13 = 0, 3, 2, 9, 10, 11, 12, 13
	for _, c := range []struct {
		name string
		code []byte
		want instruction
	}{
		{"ldtilecfg (%rax)", []byte{0xc4, 0xe2, 0x78, 0x49, 0x00},
			instruction{op: ldtilecfg, size: 5, base: rax, index: noIndex, scale: 1, hasBase: true}},
		{"ldtilecfg 8(%r11)", []byte{0xc4, 0xc2, 0x78, 0x49, 0x43, 0x08},
			instruction{op: ldtilecfg, size: 6, base: r11, index: noIndex, scale: 1, hasBase: true, disp: 8}},
		{"tilerelease", []byte{0xc4, 0xe2, 0x78, 0x49, 0xc0},
			instruction{op: tilerelease, size: 5, index: noIndex}},
		{"tilezero %tmm3", []byte{0xc4, 0xe2, 0x7b, 0x49, 0xd8},
			instruction{op: tilezero, size: 5, dst: 3, index: noIndex}},
		{"tileloadd (%r10,%r11), %tmm2", []byte{0xc4, 0x82, 0x7b, 0x4b, 0x14, 0x1a},
			instruction{op: tileloadd, size: 6, dst: 2, base: r10, index: r11, scale: 1, hasBase: true}},
		{"tileloadd 64(%rbx,%r9,2), %tmm7", []byte{0xc4, 0xa2, 0x7b, 0x4b, 0x7c, 0x4b, 0x40},
			instruction{op: tileloadd, size: 7, dst: 7, base: rbx, index: r9, scale: 2, hasBase: true, disp: 64}},
		{"tileloadd -4096(%r13,%rdx,8), %tmm5", []byte{0xc4, 0xc2, 0x7b, 0x4b, 0xac, 0xd5, 0x00, 0xf0, 0xff, 0xff},
			instruction{op: tileloadd, size: 10, dst: 5, base: r13, index: rdx, scale: 8, hasBase: true, disp: -4096}},
		{"tilestored %tmm1, (%r12,%r11)", []byte{0xc4, 0x82, 0x7a, 0x4b, 0x0c, 0x1c},
			instruction{op: tilestored, size: 6, dst: 1, base: r12, index: r11, scale: 1, hasBase: true}},
		{"tdpbf16ps %tmm6, %tmm4, %tmm0", []byte{0xc4, 0xe2, 0x4a, 0x5c, 0xc4},
			instruction{op: tdpbf16ps, size: 5, dst: 0, a: 4, b: 6, index: noIndex}},
		{"tdpbf16ps %tmm1, %tmm5, %tmm3", []byte{0xc4, 0xe2, 0x72, 0x5c, 0xdd},
			instruction{op: tdpbf16ps, size: 5, dst: 3, a: 5, b: 1, index: noIndex}},
	} {
		got, err := decode(append(c.code, make([]byte, 16)...))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
	}
	if _, err := decode([]byte{0x0f, 0x0b, 0, 0, 0, 0, 0, 0, 0, 0}); err == nil {
		t.Error("UD2 taken for an AMX instruction")
	}
}
