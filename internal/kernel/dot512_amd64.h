// VDPBF16PS Zr, Zv, Zd, unknown to the assembler, registers given by number:
// Zd += the sums of the pairs of Zv·Zr. EVEX.512.F3.0F38.W0 52 /r.
#define VDPBF16PS(r, v, d) \
	BYTE $0x62                                                            \
	BYTE $(0x02 | ((~d&8)<<4) | ((~r&16)<<2) | ((~r&8)<<2) | (~d&16))     \
	BYTE $(0x06 | ((~v&15)<<3))                                           \
	BYTE $(0x40 | ((~v&16)>>1))                                           \
	BYTE $0x52                                                            \
	BYTE $(0xC0 | ((d&7)<<3) | (r&7))
