//go:build !noasm

#include "textflag.h"

// The loops of rows_amd64.h in AVX2, 8 channels at a time; their number is a
// multiple of 8. The epilogue of a product is one of them.

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V7 Y7

#define KEEP(x, y) VCMPPS $0x1E, V7, y, Y8; VANDPS Y8, x, x

#include "rows_amd64.h"

#define LDF(mem, y) VMOVUPS mem, y
#define STF(y, mem) VMOVUPS y, mem

#define EACH(body, next) \
row:                       \
	XORQ AX, AX            \
vector:                    \
	body(LD, ST, LDF, STF) \
	ADDQ $8, AX            \
	CMPQ AX, CX            \
	JLT  vector            \
	next                   \
	DECQ DX                \
	JNZ  row               \
	VZEROUPPER             \
	RET

// dst = max(c + bias + add, V7); bias and add may be nil
#define STORE(LD, ST, LDC, STC) \
	LDC(CHANNELS(SI), V0)   \
	TESTQ  R9, R9           \
	JEQ    residual         \
	LDC(CHANNELS(R9), V1)   \
	VADDPS V1, V0, V0       \
residual:                   \
	TESTQ  R8, R8           \
	JEQ    store            \
	LD(AT(R8), V3)          \
	VADDPS V3, V0, V0       \
store:                      \
	VMAXPS V0, V7, V0       \
	ST(V0, AT(DI))

// A nil add stays nil: its stride is 0.
#define STRIDES ADDQ R10, DI; ADDQ R11, SI; ADDQ R13, R8

// STOREROWS is the body of a storeFunc.
#define STOREROWS \
	SETUP                           \
	MOVQ         dst+0(FP), DI      \
	MOVQ         ldd+8(FP), R10     \
	MOVQ         c+16(FP), SI       \
	MOVQ         ldc+24(FP), R11    \
	MOVQ         m+32(FP), DX       \
	MOVQ         n+40(FP), CX       \
	MOVQ         bias+48(FP), R9    \
	MOVQ         add+56(FP), R8     \
	MOVQ         ldadd+64(FP), R13  \
	VBROADCASTSS least+72(FP), V7   \
	EACH(STORE, STRIDES)

// float32

#define AT(r) (r)(AX*4)
#define NEXT(r) LEAQ (r)(CX*4), r
#define LD LDF
#define ST STF
#define SETUP

TEXT ·addToF32AVX2(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·scaleShiftF32AVX2(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineF32AVX2(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskF32AVX2(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addF32AVX2(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·storeF32AVX2(SB), NOSPLIT, $0-76
	STOREROWS

#undef AT
#undef NEXT
#undef LD
#undef ST
#undef SETUP

// BF16. ST rounds z by
//
//	(z + 0x7fff + bit 16 of z) >> 16, or (z | quiet bit) >> 16 where z is NaN

#define SETUP \
	VPCMPEQD Y15, Y15, Y15 \
	VPSRLD   $17, Y15, Y14 \
	VPSRLD   $31, Y15, Y15 \
	VPSLLD   $22, Y15, Y13

#define ST(z, mem) \
	VPSRLD    $16, z, Y12          \
	VPAND     Y15, Y12, Y12        \
	VPADDD    Y14, Y12, Y12        \
	VPADDD    z, Y12, Y12          \
	VCMPPS    $3, z, z, Y11        \
	VORPS     Y13, z, Y10          \
	VBLENDVPS Y11, Y10, Y12, Y12   \
	VPSRLD    $16, Y12, Y12        \
	VPACKUSDW Y12, Y12, Y12        \
	VPERMQ    $0xD8, Y12, Y12      \
	VMOVUPS   X12, mem

#define AT(r) (r)(AX*2)
#define NEXT(r) LEAQ (r)(CX*2), r
#define LD(mem, y) VPMOVZXWD mem, y; VPSLLD $16, y, y

TEXT ·addToBF16AVX2(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·scaleShiftBF16AVX2(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineBF16AVX2(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskBF16AVX2(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addBF16AVX2(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·storeBF16AVX2(SB), NOSPLIT, $0-76
	STOREROWS

TEXT ·widenBF16AVX2(SB), NOSPLIT, $0-24
	WIDENALL

TEXT ·narrowBF16AVX2(SB), NOSPLIT, $0-24
	NARROWALL
