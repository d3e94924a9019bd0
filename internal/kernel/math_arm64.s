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

// exp: Cephes expf (Moshier), e^x = 2^n · e^r, n = round(x/ln 2), for x held
// between the first two numbers.
DATA exp<>+0(SB)/4, $254               // V18  twice the bias of exponents
DATA exp<>+4(SB)/4, $89.0              // V19  above, 2^n overflows
DATA exp<>+8(SB)/4, $-104.0            // V20  below, the result is zero
DATA exp<>+12(SB)/4, $1.44269504088896 // V21  1/ln 2
DATA exp<>+16(SB)/4, $0.693359375      // V22  ln 2, upper bits
DATA exp<>+20(SB)/4, $-2.12194440e-4   // V23  ln 2, lower bits
DATA exp<>+24(SB)/4, $1.9875691500e-4  // V24  e^r = 1 + r + r²·(polynomial)
DATA exp<>+28(SB)/4, $1.3981999507e-3  // V25
DATA exp<>+32(SB)/4, $8.3334519073e-3  // V26
DATA exp<>+36(SB)/4, $4.1665795894e-2  // V27
DATA exp<>+40(SB)/4, $1.6666665459e-1  // V28
DATA exp<>+44(SB)/4, $5.0000001201e-1  // V29
DATA exp<>+48(SB)/4, $1.0              // V30
DATA exp<>+52(SB)/4, $0x00800000       // V31  the smallest normal float32
GLOBL exp<>(SB), RODATA|NOPTR, $56

#define EXPCONSTANTS \
	MOVD    $exp<>(SB), R7                             \
	VLD4R.P 16(R7), [V18.S4, V19.S4, V20.S4, V21.S4]   \
	VLD4R.P 16(R7), [V22.S4, V23.S4, V24.S4, V25.S4]   \
	VLD4R.P 16(R7), [V26.S4, V27.S4, V28.S4, V29.S4]   \
	VLD2R   (R7), [V30.S4, V31.S4]

// EXP sets V0 to e^V0; uses V1 to V3. 2^n is the product of two powers, as n
// may be 128 and the result below the smallest normal number.
#define EXP \
	VFMIN(19, 0, 0)                                    \
	VFMAX(20, 0, 0)                                    \ // x
	VFMUL(21, 0, 1)                                    \
	VFRINTN(1, 1)                                      \ // n
	VFMLS   V22.S4, V1.S4, V0.S4                       \
	VFMLS   V23.S4, V1.S4, V0.S4                       \ // r = x − n·ln 2
	VMOV    V25.B16, V2.B16                            \
	VFMLA   V24.S4, V0.S4, V2.S4                       \
	VMOV    V26.B16, V3.B16                            \
	VFMLA   V2.S4, V0.S4, V3.S4                        \
	VMOV    V27.B16, V2.B16                            \
	VFMLA   V3.S4, V0.S4, V2.S4                        \
	VMOV    V28.B16, V3.B16                            \
	VFMLA   V2.S4, V0.S4, V3.S4                        \
	VMOV    V29.B16, V2.B16                            \
	VFMLA   V3.S4, V0.S4, V2.S4                        \ // polynomial
	VFMUL(0, 2, 2)                                     \
	VMOV    V0.B16, V3.B16                             \
	VFMLA   V2.S4, V0.S4, V3.S4                        \ // r + r²·polynomial
	VFADD(30, 3, 0)                                    \ // e^r
	VFCVTZS(1, 1)                                      \
	VADD    V18.S4, V1.S4, V1.S4                       \ // n + 254
	VUSHR   $1, V1.S4, V2.S4                           \
	VSUB    V2.S4, V1.S4, V1.S4                        \
	VSHL    $23, V2.S4, V2.S4                          \ // 2^⌊n/2⌋
	VSHL    $23, V1.S4, V1.S4                          \ // 2^(n − ⌊n/2⌋)
	VFMUL(2, 0, 0)                                     \
	VFMUL(1, 0, 0)                                     \ // e^x
	VFCMGT(0, 31, 1)                                   \ // not normal, and no NaN
	VZERO(2)                                           \
	VBIT    V1.B16, V2.B16, V0.B16                       // is zero

#define EXPBODY(LD, ST, LDC, STC) LD(R1, 0); EXP; ST(0, R0)

// func expNEON(dst, src *float32, n int)
TEXT ·expNEON(SB), NOSPLIT, $0-24
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD n+16(FP), R5
	EXPCONSTANTS
	ALL(EXPBODY)

// tanh: Cephes tanhf (Moshier), an odd polynomial below 0.625, else
// 1 − 2/(e^2|x| + 1) with the sign of x.
DATA tanh<>+0(SB)/4, $0x80000000           // V10
DATA tanh<>+4(SB)/4, $0.625                // V11
DATA tanh<>+8(SB)/4, $-5.70498872745e-3    // V12
DATA tanh<>+12(SB)/4, $2.06390887954e-2    // V13
DATA tanh<>+16(SB)/4, $-5.37397155531e-2   // V14
DATA tanh<>+20(SB)/4, $1.33314422036e-1    // V15
DATA tanh<>+24(SB)/4, $-3.33332819422e-1   // V16
DATA tanh<>+28(SB)/4, $2.0                 // V17
GLOBL tanh<>(SB), RODATA|NOPTR, $32

#define TANHBODY(LD, ST, LDC, STC) \
	LD(R1, 4)                                          \ // x
	VFMUL(4, 4, 5)                                     \ // x²
	VMOV    V13.B16, V6.B16                            \
	VFMLA   V12.S4, V5.S4, V6.S4                       \
	VMOV    V14.B16, V7.B16                            \
	VFMLA   V6.S4, V5.S4, V7.S4                        \
	VMOV    V15.B16, V6.B16                            \
	VFMLA   V7.S4, V5.S4, V6.S4                        \
	VMOV    V16.B16, V7.B16                            \
	VFMLA   V6.S4, V5.S4, V7.S4                        \ // polynomial
	VFMUL(5, 7, 7)                                     \
	VMOV    V4.B16, V6.B16                             \
	VFMLA   V7.S4, V4.S4, V6.S4                        \ // x + x³·polynomial
	VFABS(4, 0)                                        \
	VFCMGT(0, 11, 7)                                   \ // |x| < 0.625
	VFADD(0, 0, 0)                                     \
	EXP                                                \
	VFADD(30, 0, 0)                                    \
	VFDIV(0, 17, 0)                                    \
	VFSUB(0, 30, 0)                                    \ // 1 − 2/(e^2|x| + 1)
	VBIT    V10.B16, V4.B16, V0.B16                    \ // with the sign of x
	VBIT    V7.B16, V6.B16, V0.B16                     \
	ST(0, R0)

// func tanhNEON(dst, src *float32, n int)
TEXT ·tanhNEON(SB), NOSPLIT, $0-24
	MOVD    dst+0(FP), R0
	MOVD    src+8(FP), R1
	MOVD    n+16(FP), R5
	EXPCONSTANTS
	MOVD    $tanh<>(SB), R7
	VLD4R.P 16(R7), [V10.S4, V11.S4, V12.S4, V13.S4]
	VLD4R   (R7), [V14.S4, V15.S4, V16.S4, V17.S4]
	ALL(TANHBODY)

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

// V10 and V11 += x in float64, two each; the tail has zeros above its one.
#define SUMBODY(LD, ST, LDC, STC) \
	LD(R1, 0)                                          \
	VFCVTL(0, 1)                                       \
	VFCVTL2(0, 2)                                      \
	VFADDD(1, 10, 10)                                  \
	VFADDD(2, 11, 11)

// func sumNEON(x *float32, n int) float64
TEXT ·sumNEON(SB), NOSPLIT, $0-24
	MOVD  x+0(FP), R1
	MOVD  n+8(FP), R5
	VZERO(10)
	VZERO(11)
	LOOPALL(SUMBODY)
	VFADDD(11, 10, 10)
	VFADDPD(10, 0)               // the two lanes
	FMOVD F0, ret+16(FP)
	RET

// V10 and V11 += x·y in float64
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
