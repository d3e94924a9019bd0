//go:build !noasm

#include "textflag.h"
#include "colour_amd64.h"

DATA  order<>+0(SB)/8, $0x0000000400000000
DATA  order<>+8(SB)/8, $0x0000000500000001
DATA  order<>+16(SB)/8, $0x0000000600000002
DATA  order<>+24(SB)/8, $0x0000000700000003
GLOBL order<>(SB), RODATA|NOPTR, $32

// func blendAVX2(pix *uint8, n int, a int32, alpha float32)
//
// DI pix, CX bytes left, Y13 a, Y12 float(a), Y11 alpha, Y10 order of dwords
// behind two packs.
TEXT ·blendAVX2(SB), NOSPLIT, $0-24
	MOVQ         pix+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVL         a+16(FP), AX
	VMOVD        AX, X13
	VPBROADCASTD X13, Y13
	VCVTDQ2PS    Y13, Y12
	VBROADCASTSS alpha+20(FP), Y11
	VMOVDQU      order<>(SB), Y10

loop:
	VPMOVZXBD (DI), Y0    // x = pix[0:32], 8 to a vector
	VPMOVZXBD 8(DI), Y1
	VPMOVZXBD 16(DI), Y2
	VPMOVZXBD 24(DI), Y3
	BLEND(Y0, Y13, Y12, Y11)
	BLEND(Y1, Y13, Y12, Y11)
	BLEND(Y2, Y13, Y12, Y11)
	BLEND(Y3, Y13, Y12, Y11)
	VPACKSSDW Y1, Y0, Y0  // clip to int16
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0  // clip to uint8
	VPERMD    Y0, Y10, Y0
	VMOVDQU   Y0, (DI)    // pix[0:32] = x
	ADDQ      $32, DI
	SUBQ      $32, CX
	JNZ       loop
	VZEROUPPER
	RET

// func lumaSumAVX2(pix *uint8, n int) int
//
// DI pix, CX bytes left, Y3 four sums, Y4 0.
TEXT ·lumaSumAVX2(SB), NOSPLIT, $0-24
	MOVQ  pix+0(FP), DI
	MOVQ  n+8(FP), CX
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4

loop:
	LOAD(DI, X0, Y0)
	LUMA(Y0, Y1, Y2)
	VPSADBW Y4, Y1, Y1 // two lumas to a sum
	VPADDQ  Y1, Y3, Y3
	ADDQ    $24, DI
	SUBQ    $24, CX
	JNZ     loop

	VEXTRACTI128 $1, Y3, X0 // the sum of the four
	VPADDQ       X0, X3, X3
	VPSRLDQ      $8, X3, X0
	VPADDQ       X0, X3, X3
	VMOVQ        X3, AX
	MOVQ         AX, ret+16(FP)
	VZEROUPPER
	RET

// func grayAVX2(pix *uint8, n int)
//
// DI pix, CX bytes left.
TEXT ·grayAVX2(SB), NOSPLIT, $0-16
	MOVQ pix+0(FP), DI
	MOVQ n+8(FP), CX

loop:
	LOAD(DI, X0, Y0)
	LUMA(Y0, Y1, Y2)
	VPSHUFB packGray<>(SB), Y1, Y1
	STORE(X1, Y1, DI)
	ADDQ    $24, DI
	SUBQ    $24, CX
	JNZ     loop
	VZEROUPPER
	RET

// func saturationAVX2(pix *uint8, n int, alpha float32)
//
// DI pix, CX bytes left, Y11 alpha.
TEXT ·saturationAVX2(SB), NOSPLIT, $0-20
	MOVQ         pix+0(FP), DI
	MOVQ         n+8(FP), CX
	VBROADCASTSS alpha+16(FP), Y11

loop:
	LOAD(DI, X0, Y0)
	LUMA(Y0, Y4, Y1)
	VCVTDQ2PS Y4, Y5
	VPSHUFB   pickR<>(SB), Y0, Y1
	VPSHUFB   pickG<>(SB), Y0, Y2
	VPSHUFB   pickB<>(SB), Y0, Y3
	BLEND(Y1, Y4, Y5, Y11)
	BLEND(Y2, Y4, Y5, Y11)
	BLEND(Y3, Y4, Y5, Y11)
	VPACKSSDW Y2, Y1, Y1            // clip to int16: R R R R G G G G
	VPACKSSDW Y3, Y3, Y3            // B B B B B B B B
	VPACKUSWB Y3, Y1, Y1            // clip to uint8
	VPSHUFB   packPlanes<>(SB), Y1, Y1
	STORE(X1, Y1, DI)
	ADDQ      $24, DI
	SUBQ      $24, CX
	JNZ       loop
	VZEROUPPER
	RET
