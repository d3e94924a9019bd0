// Eight pixels of 3 bytes in a vector, pixels 0–3 in the lower lane from byte 0
// on, 4–7 in the upper one from byte 4 on, and constants of the loops over them.

#define WORD4(name, lo, hi, lo2, hi2) \
	DATA  name<>+0(SB)/8, $lo;    \
	DATA  name<>+8(SB)/8, $hi;    \
	DATA  name<>+16(SB)/8, $lo2;  \
	DATA  name<>+24(SB)/8, $hi2;  \
	GLOBL name<>(SB), RODATA|NOPTR, $32

#define LANES(name, lo, hi) WORD4(name, lo, hi, lo, hi)
#define SAME(name, q) WORD4(name, q, q, q, q)

// One channel of each pixel as a dword; two of them as a dword of two words.
WORD4(pickR, 0x8080800380808000, 0x8080800980808006, 0x8080800780808004, 0x8080800D8080800A)
WORD4(pickG, 0x8080800480808001, 0x8080800A80808007, 0x8080800880808005, 0x8080800E8080800B)
WORD4(pickB, 0x8080800580808002, 0x8080800B80808008, 0x8080800980808006, 0x8080800F8080800C)
WORD4(pickRG, 0x8004800380018000, 0x800A800980078006, 0x8008800780058004, 0x800E800D800B800A)
WORD4(pickGB, 0x8005800480028001, 0x800B800A80088007, 0x8009800880068005, 0x800F800E800C800B)

// 12 bytes of each lane from 4 dwords of R, G, B; of one value; of one byte of
// each of R R R R G G G G B B B B.
LANES(packRGB, 0x0908060504020100, 0x808080800E0D0C0A)
LANES(packGray, 0x0808040404000000, 0x808080800C0C0C08)
LANES(packPlanes, 0x0602090501080400, 0x808080800B07030A)

// The dwords that hold the 12 bytes of each lane.
WORD4(joinLanes, 0x0000000100000000, 0x0000000400000002, 0x0000000600000005, 0)

// 19595 R + 38470 G + 7471 B, where G is weighted twice by half.
SAME(lumaRG, 0x4B234C8B4B234C8B)
SAME(lumaGB, 0x1D2F4B231D2F4B23)
SAME(lumaHalf, 0x0000800000008000)

#define LOAD(p, x, y) \
	VMOVDQU     (p), x         \
	VINSERTI128 $1, 8(p), y, y

// STORE writes the 12 bytes of each lane and spoils the vector.
#define STORE(x, y, p) \
	VMOVDQU      joinLanes<>(SB), Y14 \
	VPERMD       y, Y14, y            \
	VMOVDQU      x, (p)               \
	VEXTRACTI128 $1, y, x             \
	VMOVQ        x, 16(p)

// l = luma of the pixels in y, as dwords; spoils t.
#define LUMA(y, l, t) \
	VPSHUFB  pickRG<>(SB), y, l   \
	VPSHUFB  pickGB<>(SB), y, t   \
	VPMADDWD lumaRG<>(SB), l, l   \
	VPMADDWD lumaGB<>(SB), t, t   \
	VPADDD   t, l, l              \
	VPADDD   lumaHalf<>(SB), l, l \
	VPSRLD   $16, l, l

// x = trunc(a + alpha·(x − a)), where i is a as integers and f as floats.
#define BLEND(x, i, f, alpha) \
	VPSUBD     i, x, x     \
	VCVTDQ2PS  x, x        \
	VMULPS     alpha, x, x \
	VADDPS     f, x, x     \
	VCVTTPS2DQ x, x
