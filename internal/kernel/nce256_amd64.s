//go:build !noasm

#include "textflag.h"
#include "math256_amd64.h"

// Scores of the contrastive loss, eight at a time. Off the mask x is 0 and e is
// set to 0.
//
//	Y8  scale       Y12 Σ s², four in float64
//	Y9  1/clip      Y13 Σ e
//	Y10 clip        Y14 number of |s| > clip, eight in int32
//	Y11 top         Y15 mask

// SQUARES adds s², s in Y0, to Y12.
#define SQUARES \
	VCVTPS2PD    X0, Y1         \ // Σ s²
	VEXTRACTF128 $1, Y0, X2     \
	VCVTPS2PD    X2, Y2         \
	VFMADD231PD  Y1, Y1, Y12    \
	VFMADD231PD  Y2, Y2, Y12

// EXPS sets Y2 to e^Y1, for Y1 not far above 0, and adds it to Y13.
#define EXPS \
	EXP(Y1, Y2, Y3, Y4)         \ // e
	BELOW(Y1, Y2, Y3)           \
	VANDPS       Y15, Y2, Y2    \
	VCVTPS2PD    X2, Y3         \ // Σ e
	VEXTRACTF128 $1, Y2, X4     \
	VCVTPS2PD    X4, Y4         \
	VADDPD       Y3, Y13, Y13   \
	VADDPD       Y4, Y13, Y13

#define CLIPPED(LD, ST) \
	LD(AT(SI), Y0)                   \
	VMULPS       Y8, Y0, Y0          \ // s = scale·x
	SQUARES                          \
	VANDPS       ABS, Y0, Y1         \ // |s| > clip
	VCMPPS       $0x1E, Y10, Y1, Y1  \
	VPSUBD       Y1, Y14, Y14        \
	VMULPS       Y9, Y0, Y0          \ // t = tanh(s/clip)
	TANH(Y0, Y1, Y2, Y3, Y4, Y5, Y6) \
	VMOVAPS      Y0, Y1              \ // clip·t − top
	VFMSUB213PS  Y11, Y10, Y1        \
	EXPS                             \
	VFNMADD213PS ONE, Y0, Y0         \ // e·(1 − t²)
	VMULPS       Y2, Y0, Y0          \
	ST(Y0, AT(DI))

#define UNCLIPPED(LD, ST) \
	LD(AT(SI), Y0)                   \
	VMULPS       Y8, Y0, Y0          \ // s = scale·x
	SQUARES                          \
	VSUBPS       Y11, Y0, Y1         \ // s − top
	EXPS                             \
	ST(Y2, AT(DI))

#define SCORES(body) \
	MOVQ         part+0(FP), R8      \
	MOVQ         dst+8(FP), DI       \
	MOVQ         x+16(FP), SI        \
	MOVQ         n+24(FP), CX        \
	MOVQ         f+32(FP), R9        \
	VBROADCASTSS (R9), Y8            \
	VBROADCASTSS 4(R9), Y9           \
	VBROADCASTSS 8(R9), Y10          \
	VBROADCASTSS 12(R9), Y11         \
	VXORPD       Y12, Y12, Y12       \
	VXORPD       Y13, Y13, Y13       \
	VXORPD       Y14, Y14, Y14       \
	VPCMPEQD     Y15, Y15, Y15       \
	EACH(body, LDM, STM)             \
	VMOVUPD      Y12, (R8)           \
	VMOVUPD      Y13, 32(R8)         \
	VMOVUPS      Y14, 64(R8)         \
	VZEROUPPER                       \
	RET

// func nceClippedAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)
TEXT ·nceClippedAVX2(SB), NOSPLIT, $0-40
	SCORES(CLIPPED)

// func nceAVX2(part *ncePart, dst, x *float32, n int, f *nceFactors)
TEXT ·nceAVX2(SB), NOSPLIT, $0-40
	SCORES(UNCLIPPED)
