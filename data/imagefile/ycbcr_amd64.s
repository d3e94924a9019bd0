//go:build !noasm

#include "textflag.h"

#define SAME(name, q) LANES(name, q, q)
#define LANES(name, lo, hi) \
	DATA  name<>+0(SB)/8, $lo;   \
	DATA  name<>+8(SB)/8, $hi;   \
	DATA  name<>+16(SB)/8, $lo;  \
	DATA  name<>+24(SB)/8, $hi;  \
	GLOBL name<>(SB), RODATA|NOPTR, $32

SAME(int128, 0x0000008000000080)
SAME(crR, 0x000166E9000166E9)    // 91881
SAME(cbG, 0xFFFFA7E6FFFFA7E6)    // -22554
SAME(crG, 0xFFFF492EFFFF492E)    // -46802
SAME(cbB, 0x0001C5A20001C5A2)    // 116130

LANES(grey, 0x8004040480000000, 0x800C0C0C80080808)   // each byte three times: times 0x10101
LANES(double, 0x0303020201010000, 0x0707060605050404) // each byte twice

// 12 bytes of each lane from R R R R G G G G B B B B, and the dwords that hold them.
LANES(packPlanes, 0x0602090501080400, 0x808080800B07030A)
DATA  joinLanes<>+0(SB)/8, $0x0000000100000000
DATA  joinLanes<>+8(SB)/8, $0x0000000400000002
DATA  joinLanes<>+16(SB)/8, $0x0000000600000005
DATA  joinLanes<>+24(SB)/8, $0
GLOBL joinLanes<>(SB), RODATA|NOPTR, $32

// DI out, SI y, DX cb, BX cr, CX pixels left, Y7 joinLanes.
#define ARGUMENTS \
	MOVQ    out+0(FP), DI          \
	MOVQ    y+8(FP), SI            \
	MOVQ    cb+16(FP), DX          \
	MOVQ    cr+24(FP), BX          \
	MOVQ    n+32(FP), CX           \
	VMOVDQU joinLanes<>(SB), Y7

// NEXT steps over 8 pixels and their bytes of each chroma.
#define NEXT(chroma) \
	ADDQ $8, SI      \
	ADDQ chroma, DX  \
	ADDQ chroma, BX  \
	ADDQ $24, DI     \
	SUBQ $8, CX

// Y0 luma, X1 and X2 eight bytes of Cb and Cr: the pixels go to DI.
#define CONVERT \
	VPSHUFB      grey<>(SB), Y0, Y0       \ // y·0x10101
	VPMOVZXBD    X1, Y1                   \
	VPMOVZXBD    X2, Y2                   \
	VPSUBD       int128<>(SB), Y1, Y1     \ // cb − 128
	VPSUBD       int128<>(SB), Y2, Y2     \ // cr − 128
	VPMULLD      crR<>(SB), Y2, Y3        \
	VPMULLD      cbG<>(SB), Y1, Y4        \
	VPMULLD      crG<>(SB), Y2, Y5        \
	VPMULLD      cbB<>(SB), Y1, Y6        \
	VPADDD       Y0, Y3, Y3               \ // R = y + 91881·cr
	VPADDD       Y4, Y5, Y5               \
	VPADDD       Y0, Y5, Y5               \ // G = y − 22554·cb − 46802·cr
	VPADDD       Y0, Y6, Y6               \ // B = y + 116130·cb
	VPSRAD       $16, Y3, Y3              \
	VPSRAD       $16, Y5, Y5              \
	VPSRAD       $16, Y6, Y6              \
	VPACKSSDW    Y5, Y3, Y3               \
	VPACKSSDW    Y6, Y6, Y6               \
	VPACKUSWB    Y6, Y3, Y3               \ // clamped: R R R R G G G G B B B B …
	VPSHUFB      packPlanes<>(SB), Y3, Y3 \
	VPERMD       Y3, Y7, Y3               \
	VEXTRACTI128 $1, Y3, X4               \
	VMOVDQU      X3, (DI)                 \ // out[0:24]
	VMOVQ        X4, 16(DI)

// func wholeYCbCrAVX2(out, y, cb, cr *uint8, n int)
TEXT ·wholeYCbCrAVX2(SB), NOSPLIT, $0-40
	ARGUMENTS

loop:
	VPMOVZXBD (SI), Y0
	VMOVQ     (DX), X1
	VMOVQ     (BX), X2
	CONVERT
	NEXT($8)
	JNZ       loop
	VZEROUPPER
	RET

// func halfYCbCrAVX2(out, y, cb, cr *uint8, n int)
//
// As wholeYCbCrAVX2, but two pixels share their chroma.
TEXT ·halfYCbCrAVX2(SB), NOSPLIT, $0-40
	ARGUMENTS

loop:
	VPMOVZXBD (SI), Y0
	VMOVD     (DX), X1
	VMOVD     (BX), X2
	VPSHUFB   double<>(SB), X1, X1
	VPSHUFB   double<>(SB), X2, X2
	CONVERT
	NEXT($4)
	JNZ       loop
	VZEROUPPER
	RET
