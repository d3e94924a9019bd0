// The AMX instructions, unknown to the assembler. Tiles are given by number, and
// registers by theirs: AX 0, CX 1, DX 2, BX 3, SI 6, DI 7, R8..R15. A base must
// not be BP or R13. VEX.128.{NP,F2,F3}.0F38.W0.

// LDTILECFG (AX)
#define LDTILECFG BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0x00
#define TILERELEASE BYTE $0xC4; BYTE $0xE2; BYTE $0x78; BYTE $0x49; BYTE $0xC0
#define TILEZERO(t) BYTE $0xC4; BYTE $0xE2; BYTE $0x7B; BYTE $0x49; BYTE $(0xC0 | (t<<3))

// Row i of the tile at base + i·index.
#define TILEMOVE(prefix, t, base, index) \
	BYTE $0xC4                                     \
	BYTE $(0xE2 - ((base&8)<<2) - ((index&8)<<3))  \
	BYTE $prefix                                   \
	BYTE $0x4B                                     \
	BYTE $(0x04 | (t<<3))                          \
	BYTE $(((index&7)<<3) | (base&7))
#define TILELOADD(t, base, index) TILEMOVE(0x7B, t, base, index)
#define TILESTORED(t, base, index) TILEMOVE(0x7A, t, base, index)

// c += pairs of a·b
#define TDPBF16PS(c, a, b) \
	BYTE $0xC4; BYTE $0xE2; BYTE $(0x02 | ((~b&15)<<3)); BYTE $0x5C; BYTE $(0xC0 | (c<<3) | a)
