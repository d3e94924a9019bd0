//go:build !noasm

#include "textflag.h"
#include "macros256_amd64.h"
#include "math256_amd64.h"

// Scores of the contrastive loss, eight at a time, added to the sums in part. With
// a clip they take two loops, nceClipAVX2 and nceExpAVX2: tanh and exp of one
// number are a chain of 150 cycles, of which fewer fit in the processor at once
// than of its halves.
//
//	Y8  scale       Y12 Σ s², four in float64
//	Y9  1/clip      Y13 Σ e
//	Y10 clip        Y14 number of |s| > clip, eight in int32
//	Y11 top         Y15 mask; off it x and t are 0 and e is set to 0

#define FACTORS \
	MOVQ         part+0(FP), R8  \
	MOVQ         dst+8(FP), DI   \
	MOVQ         x+16(FP), SI    \
	MOVQ         n+24(FP), CX    \
	MOVQ         f+32(FP), R9    \
	VBROADCASTSS (R9), Y8        \
	VBROADCASTSS 4(R9), Y9       \
	VBROADCASTSS 8(R9), Y10      \
	VBROADCASTSS 12(R9), Y11     \
	VMOVUPD      (R8), Y12       \
	VMOVUPD      32(R8), Y13     \
	VMOVUPS      64(R8), Y14     \
	VPCMPEQD     Y15, Y15, Y15

#define SUMS \
	VMOVUPD Y12, (R8)   \
	VMOVUPD Y13, 32(R8) \
	VMOVUPS Y14, 64(R8) \
	VZEROUPPER          \
	RET

// SQUARES adds s², s in Y0, to Y12.
#define SQUARES \
	VCVTPS2PD    X0, Y1       \
	VEXTRACTF128 $1, Y0, X2   \
	VCVTPS2PD    X2, Y2       \
	VFMADD231PD  Y1, Y1, Y12  \
	VFMADD231PD  Y2, Y2, Y12

// EXPS sets Y2 to e^Y1, for Y1 not far above 0, and adds it to Y13.
#define EXPS \
	EXP(Y1, Y2, Y3, Y4)        \
	BELOW(Y1, Y2, Y3)          \
	VANDPS       Y15, Y2, Y2   \
	VCVTPS2PD    X2, Y3        \
	VEXTRACTF128 $1, Y2, X4    \
	VCVTPS2PD    X4, Y4        \
	VADDPD       Y3, Y13, Y13  \
	VADDPD       Y4, Y13, Y13

#define CLIP(LD, ST) \
	LD(AT(SI), Y0)                   \
	VMULPS       Y8, Y0, Y0          \ // s = scale·x
	SQUARES                          \
	VANDPS       ABS, Y0, Y1         \ // |s| > clip
	VCMPPS       $0x1E, Y10, Y1, Y1  \
	VPSUBD       Y1, Y14, Y14        \
	VMULPS       Y9, Y0, Y0          \ // t = tanh(s/clip)
	TANH(Y0, Y1, Y2, Y3, Y4)         \
	ST(Y1, AT(DI))

#define CLIPPED(LD, ST) \
	LD(AT(SI), Y0)                   \
	VMOVAPS      Y0, Y1              \ // e^(clip·t − top)
	VFMSUB213PS  Y11, Y10, Y1        \
	EXPS                             \
	VFNMADD213PS ONE, Y0, Y0         \ // e·(1 − t²)
	VMULPS       Y2, Y0, Y0          \
	ST(Y0, AT(DI))

#define UNCLIPPED(LD, ST) \
	LD(AT(SI), Y0)                   \
	VMULPS       Y8, Y0, Y0          \ // s = scale·x
	SQUARES                          \
	VSUBPS       Y11, Y0, Y1         \ // e^(s − top)
	EXPS                             \
	ST(Y2, AT(DI))

// Gradient rows: Y0 = a·u + b·x, eight at a time, no tail.
//
//	DI dst   SI u   R8 x   Y6 a   Y7 b   Y11 to Y15 rounding
#define GRADIENT \
	VMULPS      AT(SI), Y6, Y0 \
	VMOVUPS     AT(R8), Y1     \
	VFMADD231PS Y1, Y7, Y0

// STOREROUNDED stores Y0 rounded to BF16.
#define STOREROUNDED \
	ROUNDUP(Y0, Y2)            \
	VPSRLD    $16, Y2, Y2      \
	VPACKUSDW Y2, Y2, Y2       \
	VPERMQ    $0xD8, Y2, Y2    \
	VMOVUPS   X2, (DI)(AX*2)

#define GRADIENTF32(LD, ST) GRADIENT; ST(Y0, AT(DI))
#define GRADIENTBF16(LD, ST) GRADIENT; STOREROUNDED

#define GRADIENTARGS \
	MOVQ         dst+0(FP), DI \
	MOVQ         u+8(FP), SI   \
	MOVQ         x+16(FP), R8  \
	MOVQ         n+24(FP), CX  \
	VBROADCASTSS a+32(FP), Y6  \
	VBROADCASTSS b+36(FP), Y7

// func nceClipAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)
TEXT ·nceClipAVX2(SB), NOSPLIT, $0-40
	FACTORS
	EACH(CLIP, LDM, STM)
	SUMS

// func nceExpAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)
TEXT ·nceExpAVX2(SB), NOSPLIT, $0-40
	FACTORS
	EACH(CLIPPED, LDM, STM)
	SUMS

// func nceAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)
TEXT ·nceAVX2(SB), NOSPLIT, $0-40
	FACTORS
	EACH(UNCLIPPED, LDM, STM)
	SUMS

// func nceGradientF32AVX2(dst *float32, u, x *float32, n int, a, b float32)
TEXT ·nceGradientF32AVX2(SB), NOSPLIT, $0-40
	GRADIENTARGS
	EACH(GRADIENTF32, LDF, STF)
	VZEROUPPER
	RET

// func nceGradientBF16AVX2(dst *BF16, u, x *float32, n int, a, b float32)
TEXT ·nceGradientBF16AVX2(SB), NOSPLIT, $0-40
	GRADIENTARGS
	ROUNDING
	EACH(GRADIENTBF16, LDF, STF)
	VZEROUPPER
	RET
