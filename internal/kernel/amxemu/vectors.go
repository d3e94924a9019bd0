package amxemu

import (
	"encoding/binary"
	"fmt"
	"math"
)

// vectors are the 512-bit registers of one thread, as far as instructions that
// this package carries out have set them.
type vectors [32][16]uint32

// wide is a decoded EVEX instruction on 512 bits without a mask.
type wide struct {
	code     [3]byte // opcode map, mandatory prefix, opcode
	operands instruction
	register bool // the last operand is a register
	dst      int  // ModRM.reg: a register, or an extension of the opcode
	first    int  // EVEX.vvvv
	second   int  // the last operand where it is a register
	imm      byte
}

// Opcodes: map 1 is 0F, map 2 0F38; prefixes are none, 66, F3 and F2.
var (
	vmovupsLoad    = [3]byte{1, 0, 0x10}
	vmovupsStore   = [3]byte{1, 0, 0x11}
	vmovntpsStore  = [3]byte{1, 0, 0x2B}
	vaddps         = [3]byte{1, 0, 0x58}
	vmaxps         = [3]byte{1, 0, 0x5F}
	vpxord         = [3]byte{1, 1, 0xEF}
	vpslld         = [3]byte{1, 1, 0x72}
	vbroadcastss   = [3]byte{2, 1, 0x18}
	vpmovzxwd      = [3]byte{2, 1, 0x33}
	vcvtne2ps2bf16 = [3]byte{2, 3, 0x72}
)

// width is the number of bytes of each opcode's operand in memory.
var width = map[[3]byte]int64{
	vmovupsLoad: 64, vmovupsStore: 64, vmovntpsStore: 64, vaddps: 64, vmaxps: 64, vpxord: 64, vpslld: 64,
	vbroadcastss: 4, vpmovzxwd: 32, vcvtne2ps2bf16: 64,
}

// decodeWide reads one instruction from the start of code.
func decodeWide(code []byte) (wide, error) {
	if len(code) < 12 || code[0] != 0x62 {
		return wide{}, fmt.Errorf("amxemu: % x is no EVEX instruction", code)
	}
	w := wide{code: [3]byte{code[1] & 7, code[2] & 3, code[4]}}
	bytes, ok := width[w.code]
	if !ok || code[2]&0x80 != 0 || code[3]&^8 != 0x40 {
		return wide{}, fmt.Errorf("amxemu: % x is not known", code)
	}
	inverted := func(b byte, bit, to int) int { return int(^b>>bit&1) << to }
	modrm := code[5]
	w.register = modrm >= 0xC0
	w.dst = int(modrm>>3&7) | inverted(code[1], 7, 3) | inverted(code[1], 4, 4)
	w.first = int(^code[2]>>3&15) | inverted(code[3], 3, 4)
	w.second = int(modrm&7) | inverted(code[1], 5, 3) | inverted(code[1], 6, 4)
	w.operands = instruction{size: 6, index: noIndex}
	if !w.register {
		// As in a VEX instruction, whose second byte inverts X and B too and whose
		// ModRM is a byte earlier; a short displacement counts whole operands.
		w.operands.size = 5
		w.operands.memory(append([]byte{0, code[1], 0, 0}, code[5:]...))
		if modrm>>6 == 1 {
			w.operands.disp *= bytes
		}
		w.operands.size++
	}
	if w.code == vpslld {
		w.imm = code[w.operands.size]
		w.operands.size++
		if w.dst&7 != 6 {
			return wide{}, fmt.Errorf("amxemu: % x is not known", code)
		}
	}
	return w, nil
}

// execute carries out w, whose last operand is last, and returns what it stores,
// if it does.
func (v *vectors) execute(w wide, last [16]uint32) (stored *[16]uint32) {
	first, dst := &v[w.first], &v[w.dst]
	float := math.Float32frombits
	switch w.code {
	case vmovupsLoad:
		*dst = last
	case vmovupsStore, vmovntpsStore:
		return dst
	case vpslld:
		for i, x := range last {
			first[i] = x << w.imm
		}
	case vbroadcastss:
		for i := range dst {
			dst[i] = last[0]
		}
	case vpmovzxwd:
		for i := range dst {
			dst[i] = last[i/2] >> (16 * (i % 2)) & 0xffff
		}
	case vcvtne2ps2bf16:
		both := [2][16]uint32{last, *first}
		for i := range dst {
			half := both[i/8][i%8*2:]
			dst[i] = round(half[0]) | round(half[1])<<16
		}
	default:
		for i, x := range last {
			switch a := first[i]; w.code {
			case vaddps:
				dst[i] = math.Float32bits(float(a) + float(x))
			case vmaxps: // the last operand if one is NaN
				dst[i] = x
				if float(a) > float(x) {
					dst[i] = a
				}
			case vpxord:
				dst[i] = a ^ x
			}
		}
	}
	return nil
}

// round is a float32 as BF16, to nearest even; denormals become zero.
func round(u uint32) uint32 {
	switch f := math.Float32frombits(u); {
	case f != f:
		return u>>16 | 0x40
	case flush(f) == 0:
		return u >> 31 << 15
	}
	return (u + 0x7fff + u>>16&1) >> 16
}

// load reads the last operand from memory.
func load(read func([]byte) error, bytes int64) (x [16]uint32, err error) {
	var buf [64]byte
	err = read(buf[:bytes])
	for i := range x {
		x[i] = binary.LittleEndian.Uint32(buf[4*i:])
	}
	return x, err
}
