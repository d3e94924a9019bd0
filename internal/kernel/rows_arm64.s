//go:build !noasm

#include "textflag.h"
#include "macros_arm64.h"

// Loops over rows of channels in NEON, and the epilogue of a product, which is
// one of them. Each is written once for elements that LD widens into V_d and ST
// rounds from V0.
//
//	R0  dst or acc           R1 R2  elements
//	R3  acc, read, or c      R9 R10 R11  per-channel numbers
//	R8  a second acc         R10 the same, read

// acc += x
#define ADDTO(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LDC(R3, 0)                  \ // acc
	VFADD(1, 0, 0)              \ // acc + x
	STC(0, R0)

// sum += x − shift, sq += (x − shift)²
#define ADDMOMENTS(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LDC(R9, 2)                  \ // shift
	LDC(R3, 0)                  \ // sum
	LDC(R10, 4)                 \ // sq
	VFSUB(2, 1, 1)              \ // x − shift
	VFADD(1, 0, 0)              \
	VFMLA V1.S4, V1.S4, V4.S4   \
	STC(0, R0)                  \
	STC(4, R8)

// sum += dy, prod += dy·(x − mean)
#define ADDPRODS(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LD(R2, 3)                   \ // dy
	LDC(R9, 2)                  \ // mean
	LDC(R3, 0)                  \ // sum
	LDC(R10, 4)                 \ // prod
	VFSUB(2, 1, 1)              \ // x − mean
	VFADD(3, 0, 0)              \
	VFMLA V1.S4, V3.S4, V4.S4   \
	STC(0, R0)                  \
	STC(4, R8)

// dst = max(x·scale + shift, V7)
#define SCALESHIFT(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LDC(R9, 2)                  \ // scale
	LDC(R10, 0)                 \ // shift
	VFMLA V2.S4, V1.S4, V0.S4   \ // x·scale + shift
	VFMAX(7, 0, 0)              \
	ST(R0)

// dst = a·dy + (b·x + c)
#define AFFINE(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LD(R2, 3)                   \ // dy
	LDC(R9, 4)                  \ // a
	LDC(R10, 2)                 \ // b
	LDC(R11, 0)                 \ // c
	VFMLA V2.S4, V1.S4, V0.S4   \ // b·x + c
	VFMLA V4.S4, V3.S4, V0.S4   \ // a·dy + (b·x + c)
	ST(R0)

// dst = dy where y > 0, else 0
#define RELUMASK(LD, ST, LDC, STC) \
	LD(R1, 1)                       \ // y
	LD(R2, 3)                       \ // dy
	VFCMGTZ(1, 1)                   \ // y > 0
	VAND V1.B16, V3.B16, V0.B16     \
	ST(R0)

// dst = x + y
#define ADDXY(LD, ST, LDC, STC) \
	LD(R1, 1)                   \ // x
	LD(R2, 3)                   \ // y
	VFADD(3, 1, 0)              \ // x + y
	ST(R0)

// dst = float32(src)
#define WIDEN(LD, ST, LDC, STC) LD(R1, 1); STC(1, R0)

// dst = E(src)
#define NARROW(LD, ST, LDC, STC) LDC(R1, 0); ST(R0)

// dst = max(c + bias + add, V7)
#define STORE(LD, ST, LDC, STC) \
	LDC(R3, 0)                  \ // c
	LDC(R9, 1)                  \ // bias
	LD(R2, 3)                   \ // add
	VFADD(1, 0, 0)              \ // c + bias
	VFADD(3, 0, 0)              \ // c + bias + add
	VFMAX(7, 0, 0)              \
	ST(R0)

// What each row starts with: the per-channel numbers from the first on.
#define ACC MOVD acc+0(FP), R0; MOVD R0, R3
#define SUMS(sum, other, mean) MOVD sum, R0; MOVD R0, R3; MOVD other, R8; MOVD R8, R10; MOVD mean, R9
#define ABC MOVD a+24(FP), R9; MOVD b+32(FP), R10; MOVD c+40(FP), R11
#define SCALE MOVD scale+16(FP), R9; MOVD shift+24(FP), R10

// func(acc *float32, x *E, rows, n int)
#define ADDTOROWS \
	MOVD x+8(FP), R1        \
	MOVD rows+16(FP), R4    \
	MOVD n+24(FP), R5       \
	EACH(ACC, ADDTO)

// func(sum, sq *float32, x *E, shift *float32, rows, n int)
#define ADDMOMENTSROWS \
	MOVD x+16(FP), R1       \
	MOVD rows+32(FP), R4    \
	MOVD n+40(FP), R5       \
	EACH(SUMS(sum+0(FP), sq+8(FP), shift+24(FP)), ADDMOMENTS)

// func(sum, prod *float32, dy, x *E, mean *float32, rows, n int)
#define ADDPRODSROWS \
	MOVD dy+16(FP), R2      \
	MOVD x+24(FP), R1       \
	MOVD rows+40(FP), R4    \
	MOVD n+48(FP), R5       \
	EACH(SUMS(sum+0(FP), prod+8(FP), mean+32(FP)), ADDPRODS)

// func(dst, x *E, scale, shift *float32, rows, n int, least float32)
#define SCALESHIFTROWS \
	MOVD  dst+0(FP), R0     \
	MOVD  x+8(FP), R1       \
	MOVD  rows+32(FP), R4   \
	MOVD  n+40(FP), R5      \
	FMOVS least+48(FP), F7  \
	VDUP  V7.S[0], V7.S4    \
	EACH(SCALE, SCALESHIFT)

// func(dst, dy, x *E, a, b, c *float32, rows, n int)
#define AFFINEROWS \
	MOVD dst+0(FP), R0      \
	MOVD dy+8(FP), R2       \
	MOVD x+16(FP), R1       \
	MOVD rows+48(FP), R4    \
	MOVD n+56(FP), R5       \
	EACH(ABC, AFFINE)

// func(dst, dy, y *E, n int)
#define RELUMASKALL \
	MOVD dst+0(FP), R0      \
	MOVD dy+8(FP), R2       \
	MOVD y+16(FP), R1       \
	MOVD n+24(FP), R5       \
	ALL(RELUMASK)

// func(dst, x, y *E, n int)
#define ADDALL \
	MOVD dst+0(FP), R0      \
	MOVD x+8(FP), R1        \
	MOVD y+16(FP), R2       \
	MOVD n+24(FP), R5       \
	ALL(ADDXY)

// func(dst *E, ldd int, c *float32, ldc, m, n int, bias *float32, add *E, ldadd int, least float32)
//
// Where bias or add is nil, zeros are added. R12, R14 and R16 are the rows of
// dst, c and add, R13, R15 and R17 the bytes between them.
#define STOREROWS \
	MOVD  dst+0(FP), R12    \
	MOVD  ldd+8(FP), R13    \
	MOVD  c+16(FP), R14     \
	MOVD  ldc+24(FP), R15   \
	MOVD  m+32(FP), R4      \
	MOVD  n+40(FP), R5      \
	MOVD  bias+48(FP), R8   \
	MOVD  add+56(FP), R16   \
	MOVD  ldadd+64(FP), R17 \
	FMOVS least+72(FP), F7  \
	VDUP  V7.S[0], V7.S4    \
	MOVD  $zeros<>(SB), R7  \
	CMP   $0, R8            \
	CSEL  EQ, R7, R8, R8    \
	CMP   $0, R16           \
	CSEL  EQ, R7, R16, R16  \
	EACH(STRIDES, STORE)
#define STRIDES \
	MOVD R12, R0            \
	MOVD R14, R3            \
	MOVD R16, R2            \
	MOVD R8, R9             \
	ADD  R13, R12           \
	ADD  R15, R14           \
	ADD  R17, R16

GLOBL zeros<>(SB), NOPTR, $128 // one row of a panel

// float32

#define LD LDF
#define ST(ptr) STF(0, ptr)
#define LD1 LDF1
#define ST1(ptr) STF1(0, ptr)

TEXT ·addToF32NEON(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·addMomentsF32NEON(SB), NOSPLIT, $0-48
	ADDMOMENTSROWS

TEXT ·addProdsF32NEON(SB), NOSPLIT, $0-56
	ADDPRODSROWS

TEXT ·scaleShiftF32NEON(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineF32NEON(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskF32NEON(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addF32NEON(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·storeF32NEON(SB), NOSPLIT, $0-76
	STOREROWS

#undef LD
#undef ST
#undef LD1
#undef ST1

// BF16. ROUND leaves V0, rounded, in the lower half of V5:
//
//	(z + 0x7fff + bit 16 of z) >> 16, or (z | quiet bit) >> 16 where z is NaN
//
// ROUNDING sets up the constants V29, V30, V31 and the zero V28 of LD.

#define ROUNDING \
	MOVD $1, R7             \
	VDUP R7, V31.S4         \ // 1
	MOVD $0x7fff, R7        \
	VDUP R7, V30.S4         \
	MOVD $0x400000, R7      \
	VDUP R7, V29.S4         \ // the quiet bit
	VZERO(28)

#define ROUND \
	VUSHR $16, V0.S4, V5.S4          \
	VAND  V31.B16, V5.B16, V5.B16    \ // bit 16 of z
	VADD  V30.S4, V5.S4, V5.S4       \ // + 0x7fff
	VADD  V0.S4, V5.S4, V5.S4        \ // + z
	VFCMEQ(0, 0, 6)                  \ // z is a number
	VORR  V29.B16, V0.B16, V0.B16    \ // z | quiet bit
	VBIF  V6.B16, V0.B16, V5.B16     \ // where z is none
	VUZP2 V5.H8, V5.H8, V5.H8          // upper halves

#define LD(ptr, d) FMOVD.P 8(ptr), F(d); VZIP1H(d, 28, d)
#define ST(ptr) ROUND; FMOVD.P F5, 8(ptr)
#define LD1(ptr, d) MOVHU.P 2(ptr), R7; FMOVS R7, F(d); VZIP1H(d, 28, d)
#define ST1(ptr) ROUND; FMOVS F5, R7; MOVH.P R7, 2(ptr)

TEXT ·addToBF16NEON(SB), NOSPLIT, $0-32
	ROUNDING
	ADDTOROWS

TEXT ·addMomentsBF16NEON(SB), NOSPLIT, $0-48
	ROUNDING
	ADDMOMENTSROWS

TEXT ·addProdsBF16NEON(SB), NOSPLIT, $0-56
	ROUNDING
	ADDPRODSROWS

TEXT ·scaleShiftBF16NEON(SB), NOSPLIT, $0-52
	ROUNDING
	SCALESHIFTROWS

TEXT ·affineBF16NEON(SB), NOSPLIT, $0-64
	ROUNDING
	AFFINEROWS

TEXT ·reluMaskBF16NEON(SB), NOSPLIT, $0-32
	ROUNDING
	RELUMASKALL

TEXT ·addBF16NEON(SB), NOSPLIT, $0-32
	ROUNDING
	ADDALL

TEXT ·storeBF16NEON(SB), NOSPLIT, $0-76
	ROUNDING
	STOREROWS

// func(dst *float32, src *BF16, n int)
TEXT ·widenBF16NEON(SB), NOSPLIT, $0-24
	ROUNDING
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD n+16(FP), R5
	ALL(WIDEN)

// func(dst *BF16, src *float32, n int)
TEXT ·narrowBF16NEON(SB), NOSPLIT, $0-24
	ROUNDING
	MOVD dst+0(FP), R0
	MOVD src+8(FP), R1
	MOVD n+16(FP), R5
	ALL(NARROW)
