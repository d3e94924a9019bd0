//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"

// The loops of rows_amd64.h in AVX-512: 16 channels at a time, and the rest under
// the mask K1 by the loads and stores with K.

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V7 Z7

#define KEEP(x, y) VCMPPS $0x1E, V7, y, K2; VMOVAPS.Z x, K2, x

#include "rows_amd64.h"

// float32

#define AT(r) (r)(AX*4)
#define NEXT(r) LEAQ (r)(CX*4), r
#define LD LDF
#define LDK LDFK
#define ST STF
#define STK STFK
#define SETUP

TEXT ·addToF32AVX512(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·scaleShiftF32AVX512(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineF32AVX512(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskF32AVX512(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addF32AVX512(SB), NOSPLIT, $0-32
	ADDALL

#undef AT
#undef NEXT
#undef LD
#undef LDK
#undef ST
#undef STK
#undef SETUP

// BF16

#define SETUP ROUNDING
#define AT(r) (r)(AX*2)
#define NEXT(r) LEAQ (r)(CX*2), r
#define LD(mem, z) VPMOVZXWD mem, z; VPSLLD $16, z, z
#define LDK(mem, z) VPMOVZXWD.Z mem, K1, z; VPSLLD $16, z, z
#define ST(z, mem) ROUND(z); VPMOVDW Z29, mem
#define STK(z, mem) ROUND(z); VPMOVDW Z29, K1, mem

TEXT ·addToBF16AVX512(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·scaleShiftBF16AVX512(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineBF16AVX512(SB), NOSPLIT, $0-64
	AFFINEROWS

// func reluMaskBF16AVX512(dst, dy, y *BF16, n int)
//
// y is positive and no NaN where y − 1, as a 16-bit number without sign, is below
// that of +Inf.
//
//	DI dst   R8 dy   SI y    AX element     BX n − 32   CX n
//	Z6 +Inf  Z7 −1   K1 mask of positive    K2 of the rest
TEXT ·reluMaskBF16AVX512(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         dy+8(FP), R8
	MOVQ         y+16(FP), SI
	MOVQ         n+24(FP), CX
	LEAQ         -32(CX), BX
	MOVL         $0x7f80, AX
	VPBROADCASTW AX, Z6
	VPTERNLOGD   $0xFF, Z7, Z7, Z7
	XORQ         AX, AX

words:
	CMPQ        AX, BX
	JGT         rest
	VPADDW      (SI)(AX*2), Z7, Z0
	VPCMPUW     $1, Z6, Z0, K1
	VMOVDQU16.Z (R8)(AX*2), K1, Z1
	VMOVDQU16   Z1, (DI)(AX*2)
	ADDQ        $32, AX
	JMP         words

rest:
	SUBQ        AX, CX
	JLE         ended
	MOVQ        $1, BX
	SHLXQ       CX, BX, BX
	DECQ        BX
	KMOVD       BX, K2
	VMOVDQU16.Z (SI)(AX*2), K2, Z0
	VPADDW      Z0, Z7, Z0
	VPCMPUW     $1, Z6, Z0, K2, K1
	VMOVDQU16.Z (R8)(AX*2), K1, Z1
	VMOVDQU16   Z1, K2, (DI)(AX*2)

ended:
	VZEROUPPER
	RET

TEXT ·addBF16AVX512(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·widenBF16AVX512(SB), NOSPLIT, $0-24
	WIDENALL

TEXT ·narrowBF16AVX512(SB), NOSPLIT, $0-24
	NARROWALL
