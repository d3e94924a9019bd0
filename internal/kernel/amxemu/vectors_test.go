package amxemu

import (
	"math"
	"strings"
	"testing"
)

// Encodings by the assembler of Go, and for the last by the manual.
func TestDecodeWide(t *testing.T) {
	const rax, rsp = 0, 4
	for _, c := range []struct {
		name               string
		code               []byte
		op                 [3]byte
		dst, first, second int
		register           bool
		base               int
		disp               int64
	}{
		{"VBROADCASTSS 0x60(SP), Z27", []byte{0x62, 0x62, 0x7d, 0x48, 0x18, 0x5c, 0x24, 0x18},
			vbroadcastss, 27, 0, 0, false, rsp, 0x60},
		{"VPXORD Z24, Z24, Z24", []byte{0x62, 0x01, 0x3d, 0x40, 0xef, 0xc0}, vpxord, 24, 24, 24, true, 0, 0},
		{"VMOVUPS (AX), Z24", []byte{0x62, 0x61, 0x7c, 0x48, 0x10, 0x00}, vmovupsLoad, 24, 0, 0, false, rax, 0},
		{"VMOVUPS 64(AX), Z25", []byte{0x62, 0x61, 0x7c, 0x48, 0x10, 0x48, 0x01},
			vmovupsLoad, 25, 0, 0, false, rax, 64},
		{"VMOVUPS 64(AX)(CX*2), Z25", []byte{0x62, 0x61, 0x7c, 0x48, 0x10, 0x4c, 0x48, 0x01},
			vmovupsLoad, 25, 0, 0, false, rax, 64},
		{"VADDPS 64(R12), Z25, Z1", []byte{0x62, 0xd1, 0x34, 0x40, 0x58, 0x4c, 0x24, 0x01},
			vaddps, 1, 25, 0, false, 12, 64},
		{"VMOVNTPS Z0, (DI)", []byte{0x62, 0xf1, 0x7c, 0x48, 0x2b, 0x07}, vmovntpsStore, 0, 0, 0, false, 7, 0},
		{"VCVTNE2PS2BF16 Z0, Z1, Z0", []byte{0x62, 0xf2, 0x77, 0x48, 0x72, 0xc0},
			vcvtne2ps2bf16, 0, 1, 0, true, 0, 0},
	} {
		w, err := decodeWide(append(c.code, make([]byte, 12)...))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if w.code != c.op || w.dst != c.dst || w.register != c.register || w.operands.size != len(c.code) {
			t.Errorf("%s: %+v", c.name, w)
		}
		if c.register && (w.first != c.first || w.second != c.second) {
			t.Errorf("%s: operands %d and %d", c.name, w.first, w.second)
		}
		if !c.register && (w.operands.base != c.base || w.operands.disp != c.disp) {
			t.Errorf("%s: base %d, displacement %d", c.name, w.operands.base, w.operands.disp)
		}
		if in := w.operands; strings.Contains(c.name, "(CX*2)") != (in.index == 1 && in.scale == 2) {
			t.Errorf("%s: index %d·%d", c.name, in.index, in.scale)
		}
	}
	masked := append([]byte{0x62, 0x61, 0x7c, 0x49, 0x10, 0x00}, make([]byte, 12)...)
	if _, err := decodeWide(masked); err == nil {
		t.Error("a mask was ignored")
	}
}

func TestRoundToBF16(t *testing.T) {
	for _, c := range []struct {
		from uint32
		want uint32
	}{
		{math.Float32bits(1), 0x3f80}, {0x3f808000, 0x3f80}, {0x3f818000, 0x3f82}, // ties to even
		{0x3f808001, 0x3f81}, {0x7f7fffff, 0x7f80}, {0x00000001, 0}, {0x80000001, 0x8000}, {0x7f800001, 0x7fc0},
	} {
		if got := round(c.from); got != c.want {
			t.Errorf("%#x: %#x, want %#x", c.from, got, c.want)
		}
	}
}
