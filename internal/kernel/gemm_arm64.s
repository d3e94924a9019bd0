//go:build !noasm

#include "textflag.h"
#include "macros_arm64.h"

// The NEON micro-kernels: rows of A times one panel, in two halves of 16 columns
// one after the other, the sums in V0..V23, four per row. A step loads 16 dwords
// of the panel (LOADB), and of each row one dword, which is multiplied with them
// (DOT). Sums begin with c and are added to in the order of k, as in the twin.
//
//	R0  row of c             R1  bytes between rows of c
//	R2  row 0 of A           R3  bytes between steps of A
//	R4 R5 R6 R7 R8           bytes to rows 1 to 5 of A
//	R9  step of the panel    R10 steps left
//	R11 rows                 R12 bytes into the panel and c: 0, then 64

#define ROW0 DOT((R2), 0, 1, 2, 3)
#define ROW1 DOT((R2)(R4), 4, 5, 6, 7)
#define ROW2 DOT((R2)(R5), 8, 9, 10, 11)
#define ROW3 DOT((R2)(R6), 12, 13, 14, 15)
#define ROW4 DOT((R2)(R7), 16, 17, 18, 19)
#define ROW5 DOT((R2)(R8), 20, 21, 22, 23)

#define ROWS1 ROW0
#define ROWS2 ROWS1; ROW1
#define ROWS3 ROWS2; ROW2
#define ROWS4 ROWS3; ROW3
#define ROWS5 ROWS4; ROW4
#define ROWS6 ROWS5; ROW5

#define ZERO(s0, s1, s2, s3) VZERO(s0); VZERO(s1); VZERO(s2); VZERO(s3)

// One row of sums from c, or to it. Leaves after the last row.
#define LOADC(s0, s1, s2, s3) \
	FMOVQ (R0), F(s0)     \ // sums of row i = c[i]
	FMOVQ 16(R0), F(s1)   \
	FMOVQ 32(R0), F(s2)   \
	FMOVQ 48(R0), F(s3)   \
	ADD   R1, R0          \
	SUBS  $1, R11         \
	BEQ   loaded

#define STOREC(s0, s1, s2, s3) \
	FMOVQ F(s0), (R0)     \ // c[i] = sums of row i
	FMOVQ F(s1), 16(R0)   \
	FMOVQ F(s2), 32(R0)   \
	FMOVQ F(s3), 48(R0)   \
	ADD   R1, R0          \
	SUBS  $1, R11         \
	BEQ   next

// STEPS runs all steps for a fixed number of rows.
#define STEPS(label, rows) \
label:                    \
	LOADB             \
	rows              \
	ADD  R3, R2       \
	ADD  $128, R9     \
	SUBS $1, R10      \
	BNE  label        \
	B    store

// TILE is the body of a tileFunc. EACHROW runs a macro over the sums of all
// rows, MORE is the loops for 5 and more rows.
#define TILE \
	MOVD  $0, R12               \
half:                               \
	MOVD  c+0(FP), R0           \
	MOVD  ldc+8(FP), R1         \
	MOVD  a+16(FP), R2          \
	MOVD  rs+24(FP), R4         \
	MOVD  ks+32(FP), R3         \
	MOVD  b+40(FP), R9          \
	MOVD  steps+48(FP), R10     \
	MOVD  rows+56(FP), R11      \
	MOVBU acc+64(FP), R13       \
	ADD   R12, R0               \
	ADD   R12, R9               \
	ADD   R4, R4, R5            \ // 2·rs
	ADD   R4, R5, R6            \ // 3·rs
	ADD   R5, R5, R7            \ // 4·rs
	ADD   R5, R6, R8            \ // 5·rs
	EACHROW(ZERO)               \
	CBZ   R13, loaded           \
	EACHROW(LOADC)              \
loaded:                             \
	MOVD  rows+56(FP), R11      \
	MOVD  c+0(FP), R0           \
	ADD   R12, R0               \
	CMP   $1, R11               \
	BEQ   r1                    \
	CMP   $2, R11               \
	BEQ   r2                    \
	CMP   $3, R11               \
	BEQ   r3                    \
	CMP   $4, R11               \
	BEQ   r4                    \
	MORE                        \
	STEPS(r4, ROWS4)            \
	STEPS(r3, ROWS3)            \
	STEPS(r2, ROWS2)            \
	STEPS(r1, ROWS1)            \
store:                              \
	EACHROW(STOREC)             \
next:                               \
	ADD   $64, R12              \
	CMP   $128, R12             \
	BNE   half                  \
	RET

#define EACHROW4(do) do(0, 1, 2, 3); do(4, 5, 6, 7); do(8, 9, 10, 11); do(12, 13, 14, 15)

// func tileF32NEON(c *float32, ldc int, a *float32, rs, ks int, b *float32, steps, rows int, acc bool)
#define LOADB \
	FLDPQ (R9), (F24, F25)      \ // V24..V27 = b[p][0:16]
	FLDPQ 32(R9), (F26, F27)
#define DOT(mem, s0, s1, s2, s3) \
	FMOVS mem, F28              \ // a[i][p]
	VFMLAS0(28, 24, s0)         \ // sums of row i += a[i][p]·b[p]
	VFMLAS0(28, 25, s1)         \
	VFMLAS0(28, 26, s2)         \
	VFMLAS0(28, 27, s3)
#define EACHROW(do) EACHROW4(do); do(16, 17, 18, 19); do(20, 21, 22, 23)
#define MORE CMP $5, R11; BEQ r5; STEPS(r6, ROWS6); STEPS(r5, ROWS5)

TEXT ·tileF32NEON(SB), NOSPLIT, $0-65
	TILE

#undef LOADB
#undef DOT
#undef EACHROW
#undef MORE

// func tileWideNEON(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)
//
// Up to 4 rows. Each pair is split into two float32, the even k (shifted up, V16
// V18 V20 V22, V24) and the odd (masked by V31, V17 V19 V21 V23, V25).
#define LOADB \
	FLDPQ (R9), (F17, F19)           \ // pairs b[p:p+2][0:8]
	FLDPQ 32(R9), (F21, F23)         \ // pairs b[p:p+2][8:16]
	VSHL  $16, V17.S4, V16.S4        \ // b[p]
	VSHL  $16, V19.S4, V18.S4        \
	VSHL  $16, V21.S4, V20.S4        \
	VSHL  $16, V23.S4, V22.S4        \
	VAND  V31.B16, V17.B16, V17.B16  \ // b[p+1]
	VAND  V31.B16, V19.B16, V19.B16  \
	VAND  V31.B16, V21.B16, V21.B16  \
	VAND  V31.B16, V23.B16, V23.B16
#define DOT(mem, s0, s1, s2, s3) \
	FMOVS mem, F25                   \ // pair a[i][p:p+2]
	VSHL  $16, V25.S4, V24.S4        \ // a[i][p]
	VAND  V31.B16, V25.B16, V25.B16  \ // a[i][p+1]
	VFMLAS0(24, 16, s0)              \ // sums of row i += a[i][p]·b[p]
	VFMLAS0(24, 18, s1)              \
	VFMLAS0(24, 20, s2)              \
	VFMLAS0(24, 22, s3)              \
	VFMLAS0(25, 17, s0)              \ // sums of row i += a[i][p+1]·b[p+1]
	VFMLAS0(25, 19, s1)              \
	VFMLAS0(25, 21, s2)              \
	VFMLAS0(25, 23, s3)
#define EACHROW(do) EACHROW4(do)
#define MORE

TEXT ·tileWideNEON(SB), NOSPLIT, $0-65
	MOVD $0xffff0000, R13
	VDUP R13, V31.S4             // upper halves
	TILE
