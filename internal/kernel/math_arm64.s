//go:build !noasm

#include "textflag.h"
#include "macros_arm64.h"

// Loops over float32 in NEON, built like those of rows_arm64.s with one row.
//
//	R0  dst, y, w            R1  src, x
//	R2  second operand       R3  dst, read
//	R7  constants

#define LD LDF
#define ST STF
#define LD1 LDF1
#define ST1 STF1

// V10 = max(V10, x). The tail fills all lanes with its one.
#define LDALL(ptr, d) VLD1R.P 4(ptr), [V0.S4]
#define MAXBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \
	VFMAX(0, 10, 10)

#undef LD1
#define LD1 LDALL

// func maxNEON(x *float32, n int) float32
TEXT ·maxNEON(SB), NOSPLIT, $0-20
	MOVD  x+0(FP), R1
	MOVD  n+8(FP), R5
	VLD1R (R1), [V10.S4]
	LOOPALL(MAXBODY)
	VFMAXV(10, 0)                // the largest lane
	FMOVS F0, ret+16(FP)
	RET

#undef LD1
#define LD1 LDF1

// V10 and V11 += x·y in float64, two each; the tail has zeros above its one.
#define DOTBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \
	LD(R2, 3)                                          \
	VFCVTL(0, 1)                                       \
	VFCVTL2(0, 2)                                      \
	VFCVTL(3, 4)                                       \
	VFCVTL2(3, 5)                                      \
	VFMLA V4.D2, V1.D2, V10.D2                         \
	VFMLA V5.D2, V2.D2, V11.D2

// func dotNEON(x, y *float32, n int) float64
TEXT ·dotNEON(SB), NOSPLIT, $0-32
	MOVD  x+0(FP), R1
	MOVD  y+8(FP), R2
	MOVD  n+16(FP), R5
	VZERO(10)
	VZERO(11)
	LOOPALL(DOTBODY)
	VFADDD(11, 10, 10)
	VFADDPD(10, 0)               // the two lanes
	FMOVD F0, ret+24(FP)
	RET

// y += a·x
#define AXPYBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \
	LD(R3, 1)                                          \
	VFMLA V0.S4, V10.S4, V1.S4                         \
	ST(1, R0)

// func axpyNEON(y, x *float32, n int, a float32)
TEXT ·axpyNEON(SB), NOSPLIT, $0-28
	MOVD  y+0(FP), R0
	MOVD  R0, R3
	MOVD  x+8(FP), R1
	MOVD  n+16(FP), R5
	FMOVS a+24(FP), F10
	VDUP  V10.S[0], V10.S4
	ALL(AXPYBODY)

// dst = a·x
#define SCALEBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \
	VFMUL(0, 10, 0)                                    \
	ST(0, R0)

// func scaleNEON(dst, x *float32, n int, a float32)
TEXT ·scaleNEON(SB), NOSPLIT, $0-28
	MOVD  dst+0(FP), R0
	MOVD  x+8(FP), R1
	MOVD  n+16(FP), R5
	FMOVS a+24(FP), F10
	VDUP  V10.S[0], V10.S4
	ALL(SCALEBODY)

// Adam, see AdamStep; V20..V27 are the fields of adamFactors in order, R0 w, R8
// m, R9 v where they are written, R3, R10, R11 where they are read.
#define ADAMBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \ // g
	LD(R3, 1)                                          \ // w
	LD(R10, 2)                                         \ // m
	LD(R11, 3)                                         \ // v
	VFMLA V20.S4, V1.S4, V0.S4                         \ // g' = g + decay·w
	VFMUL(21, 2, 2)                                    \
	VFMLA V22.S4, V0.S4, V2.S4                         \ // m = β1·m + (1 − β1)·g'
	VFMUL(23, 3, 3)                                    \
	VFMUL(0, 0, 0)                                     \
	VFMLA V24.S4, V0.S4, V3.S4                         \ // v = β2·v + (1 − β2)·g'²
	ST(2, R8)                                          \
	ST(3, R9)                                          \
	VFSQRT(3, 3)                                       \
	VMOV  V27.B16, V4.B16                              \
	VFMLA V26.S4, V3.S4, V4.S4                         \ // √v·root + ε
	VFMUL(25, 2, 2)                                    \
	VFDIV(4, 2, 2)                                     \ // rate·m/(√v·root + ε)
	VFSUB(2, 1, 1)                                     \
	ST(1, R0)

// func adamNEON(w, m, v, grad *float32, n int, f *adamFactors)
TEXT ·adamNEON(SB), NOSPLIT, $0-48
	MOVD    w+0(FP), R0
	MOVD    R0, R3
	MOVD    m+8(FP), R8
	MOVD    R8, R10
	MOVD    v+16(FP), R9
	MOVD    R9, R11
	MOVD    grad+24(FP), R1
	MOVD    n+32(FP), R5
	MOVD    f+40(FP), R7
	VLD4R.P 16(R7), [V20.S4, V21.S4, V22.S4, V23.S4] // decay, β1, 1 − β1, β2
	VLD4R   (R7), [V24.S4, V25.S4, V26.S4, V27.S4]   // 1 − β2, rate, root, ε
	ALL(ADAMBODY)
