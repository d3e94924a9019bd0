//go:build !noasm

#include "textflag.h"

// INTERLEAVE stores 16 words of the even row (Y0) and of the odd (Y1) as pairs.
#define INTERLEAVE(at) \
	VPUNPCKLWD Y1, Y0, Y2          \
	VPUNPCKHWD Y1, Y0, Y3          \
	VPERM2I128 $0x20, Y3, Y2, Y0   \
	VPERM2I128 $0x31, Y3, Y2, Y1   \
	VMOVUPS    Y0, at(DI)          \
	VMOVUPS    Y1, (at+32)(DI)

// func packPairsAVX2(dst, src *BF16, off *int32, pairs, cols int)
//
//	DI pair of rows of the panel   SI src   R8 offset of the even row
//	DX pairs left                  AX R9 rows of src
TEXT ·packPairsAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ off+16(FP), R8
	MOVQ pairs+24(FP), DX

pair:
	MOVLQSX (R8), AX
	MOVLQSX 4(R8), R9
	VPXOR   Y0, Y0, Y0             // a row left out is zero
	VPXOR   Y1, Y1, Y1
	VPXOR   Y4, Y4, Y4
	VPXOR   Y5, Y5, Y5
	TESTQ   AX, AX
	JLT     odd
	VMOVUPS (SI)(AX*2), Y0
	VMOVUPS 32(SI)(AX*2), Y4

odd:
	TESTQ   R9, R9
	JLT     join
	VMOVUPS (SI)(R9*2), Y1
	VMOVUPS 32(SI)(R9*2), Y5

join:
	INTERLEAVE(0)
	VMOVAPS Y4, Y0
	VMOVAPS Y5, Y1
	INTERLEAVE(64)
	ADDQ    $8, R8
	ADDQ    $128, DI
	DECQ    DX
	JNZ     pair
	VZEROUPPER
	RET
