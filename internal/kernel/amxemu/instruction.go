package amxemu

import "fmt"

type opcode int

const (
	ldtilecfg opcode = iota
	tilerelease
	tilezero
	tileloadd
	tilestored
	tdpbf16ps
)

// instruction is a decoded AMX instruction. Registers are numbered as in the
// encoding: RAX 0, RCX 1, RDX 2, RBX 3, RSP 4, RBP 5, RSI 6, RDI 7, R8..R15.
type instruction struct {
	op      opcode
	size    int // bytes
	dst     int // tile that is written; for tilestored, read
	a, b    int // tiles of tdpbf16ps
	base    int // registers and displacement of a memory operand
	index   int // noIndex for none
	scale   int
	disp    int64
	hasBase bool
}

const noIndex = 4 // RSP cannot be an index

// prefixes of VEX
const (
	none = 0
	pF3  = 2
	pF2  = 3
)

// decode reads one AMX instruction from the start of code.
func decode(code []byte) (instruction, error) {
	if len(code) < 9 || code[0] != 0xC4 || code[1]&0x1F != 2 || code[2]&0x84 != 0 {
		return instruction{}, fmt.Errorf("amxemu: % x is no AMX instruction", code)
	}
	prefix, modrm := code[2]&3, code[4]
	in := instruction{size: 5, dst: int(modrm >> 3 & 7), index: noIndex}
	register := modrm >= 0xC0
	switch {
	case code[3] == 0x49 && prefix == none && !register && in.dst == 0:
		in.op = ldtilecfg
	case code[3] == 0x49 && prefix == none && modrm == 0xC0:
		in.op = tilerelease
	case code[3] == 0x49 && prefix == pF2 && register && modrm&7 == 0:
		in.op = tilezero
	case code[3] == 0x4B && prefix == pF2 && !register:
		in.op = tileloadd
	case code[3] == 0x4B && prefix == pF3 && !register:
		in.op = tilestored
	case code[3] == 0x5C && prefix == pF3 && register:
		in.op, in.a, in.b = tdpbf16ps, int(modrm&7), int(^code[2]>>3&15)
	default:
		return instruction{}, fmt.Errorf("amxemu: % x is not known", code)
	}
	if !register {
		in.memory(code)
	}
	return in, nil
}

// memory decodes the operand behind the opcode: SIB and displacement.
func (in *instruction) memory(code []byte) {
	mod, rm := code[4]>>6, code[4]&7
	extend := func(low, inverted byte) int { return int(low | (^code[1]>>inverted&1)<<3) }
	in.hasBase, in.base, in.scale = true, extend(rm, 5), 1
	if rm == 4 {
		sib := code[5]
		in.size++
		in.base, in.index, in.scale = extend(sib&7, 5), extend(sib>>3&7, 6), 1<<(sib>>6)
		in.hasBase = mod != 0 || sib&7 != 5
	}
	switch {
	case mod == 1:
		in.disp = int64(int8(code[in.size]))
		in.size++
	case mod == 2 || !in.hasBase:
		d := code[in.size:]
		in.disp = int64(int32(uint32(d[0]) | uint32(d[1])<<8 | uint32(d[2])<<16 | uint32(d[3])<<24))
		in.size += 4
	}
}
