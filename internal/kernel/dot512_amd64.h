// VCVTNE2PS2BF16 Z0, Z1, Z0, unknown to the assembler: Z0 into the lower half of
// Z0, Z1 into the upper. EVEX.512.F2.0F38.W0 72 /r.
#define VCVTNE2PS2BF16 BYTE $0x62; BYTE $0xF2; BYTE $0x77; BYTE $0x48; BYTE $0x72; BYTE $0xC0

// VDPBF16PS Zr, Zv, Zd, unknown to the assembler, registers given by number:
// Zd += the sums of the pairs of Zv·Zr. EVEX.512.F3.0F38.W0 52 /r.
#define VDPBF16PS(r, v, d) \
	BYTE $0x62                                                            \
	BYTE $(0x02 | ((~d&8)<<4) | ((~r&16)<<2) | ((~r&8)<<2) | (~d&16))     \
	BYTE $(0x06 | ((~v&15)<<3))                                           \
	BYTE $(0x40 | ((~v&16)>>1))                                           \
	BYTE $0x52                                                            \
	BYTE $(0xC0 | ((d&7)<<3) | (r&7))

// A step of a panel, and a dword of a row of A times it: BF16 pairs.
#define LOADSTEP(d) VMOVUPS d(BX), Z30; VMOVUPS d+64(BX), Z31
#define DOTBF16(mem, nlo, nhi) \
	VPBROADCASTD mem, Z29 \
	VDPBF16PS(30, 29, nlo) \
	VDPBF16PS(31, 29, nhi)
