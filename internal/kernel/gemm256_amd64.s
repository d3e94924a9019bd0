//go:build !noasm

#include "textflag.h"

// The AVX2 micro-kernels: rows of A, up to 6 at a time, by one panel, in two
// halves of 16 columns one after the other, the sums in Y0..Y11, two per row.
// Steps, LOADB and DOT are as in gemm512_amd64.s; steps of the panel are BROW bytes
// apart.
//
//	DI  row of c             DX  bytes between rows of c
//	SI  row 0 of A           R8  bytes between rows of A
//	R11 row 3 of A           R9  bytes between steps of A
//	BX  step of the panel    CX  steps left
//	AX  rows of the tile     R10 row 0 of the next tile
//	R13 row of add           R15 bytes between rows of add
//	R12 bytes into c, bias and add: 0, then 64

#define ROW0 DOT((SI), Y0, Y1)
#define ROW1 DOT((SI)(R8*1), Y2, Y3)
#define ROW2 DOT((SI)(R8*2), Y4, Y5)
#define ROW3 DOT((R11), Y6, Y7)
#define ROW4 DOT((R11)(R8*1), Y8, Y9)
#define ROW5 DOT((R11)(R8*2), Y10, Y11)

#define ROWS1 ROW0
#define ROWS2 ROWS1; ROW1
#define ROWS3 ROWS2; ROW2
#define ROWS4 ROWS3; ROW3
#define ROWS5 ROWS4; ROW4
#define ROWS6 ROWS5; ROW5

#define ZERO(lo, hi) VXORPS lo, lo, lo; VXORPS hi, hi, hi

// STEPS runs all steps for a fixed number of rows.
#define STEPS(label, rows) \
label:            \
	LOADB         \
	rows          \
	ADDQ R9, SI   \
	ADDQ R9, R11  \
	ADDQ $BROW, BX \
	DECQ CX       \
	JNZ  label    \
	JMP  done

// One row of c: its sums with bias Y12 Y13 and, in ADDC, a row of add; never less
// than Y15. Leaves after the last row.
#define SETC(lo, hi) \
	VADDPS  Y12, lo, lo \
	VADDPS  Y13, hi, hi \
	LASTC(lo, hi)

#define ADDC(lo, hi) \
	VADDPS  Y12, lo, lo      \
	VADDPS  Y13, hi, hi      \
	VADDPS  (R13), lo, lo    \
	VADDPS  32(R13), hi, hi  \
	ADDQ    R15, R13         \
	LASTC(lo, hi)

#define LASTC(lo, hi) \
	VMAXPS  lo, Y15, lo \
	VMAXPS  hi, Y15, hi \
	VMOVUPS lo, (DI)    \
	VMOVUPS hi, 32(DI)  \
	ADDQ    DX, DI      \
	DECQ    AX          \
	JZ      next

// AHEAD asks for a row of c before the steps: it is needed right behind them.
#define AHEAD PREFETCHT0 (BX); ADDQ DX, BX

// TILES is the body of a tilesFunc. EACHROW runs a macro over the sums of all
// rows, MORE is the loops for 5 and more rows. many counts tiles of rows rows
// down, then few those of one row less.
#define TILES \
	XORQ R12, R12          \
half:                      \
	MOVQ c+0(FP), DI       \
	MOVQ ldc+8(FP), DX     \
	MOVQ a+16(FP), R10     \
	MOVQ rs+24(FP), R8     \
	MOVQ ks+32(FP), R9     \
	MOVQ add+96(FP), R13   \
	MOVQ ldadd+104(FP), R15 \
	MOVQ rows+64(FP), AX   \
	MOVQ many+72(FP), CX   \
	MOVQ AX, tile-8(SP)    \
	MOVQ CX, left-16(SP)   \
	MOVQ $0, less-24(SP)   \
	ADDQ R12, DI           \
	TESTQ R13, R13         \
	JEQ  tile              \
	ADDQ R12, R13          \
tile:                      \
	MOVQ DI, BX            \
	AHEAD; AHEAD; AHEAD    \
	AHEAD; AHEAD; AHEAD    \
	MOVQ R10, SI           \
	LEAQ (R8)(R8*2), R11   \
	ADDQ SI, R11           \
	MOVQ b+40(FP), BX      \
	XORQ AX, AX            \
	TESTQ R12, R12         \
	CMOVQNE half+48(FP), AX \
	ADDQ AX, BX            \
	MOVQ steps+56(FP), CX  \
	MOVQ tile-8(SP), AX    \
	MOVQ R8, R10           \
	IMULQ AX, R10          \
	ADDQ SI, R10           \
	EACHROW(ZERO)          \
	CMPQ AX, $4            \
	JEQ  r4                \
	CMPQ AX, $3            \
	JEQ  r3                \
	CMPQ AX, $2            \
	JEQ  r2                \
	CMPQ AX, $1            \
	JEQ  r1                \
	MORE                   \
	STEPS(r4, ROWS4)       \
	STEPS(r3, ROWS3)       \
	STEPS(r2, ROWS2)       \
	STEPS(r1, ROWS1)       \
done:                      \
	VBROADCASTSS least+112(FP), Y15 \
	VXORPS Y12, Y12, Y12   \
	VXORPS Y13, Y13, Y13   \
	MOVQ bias+88(FP), BX   \
	TESTQ BX, BX           \
	JEQ  residual          \
	VMOVUPS (BX)(R12*1), Y12   \
	VMOVUPS 32(BX)(R12*1), Y13 \
residual:                  \
	TESTQ R13, R13         \
	JEQ  set               \
	EACHROW(ADDC)          \
set:                       \
	EACHROW(SETC)          \
next:                      \
	DECQ left-16(SP)       \
	JNZ  tile              \
	CMPQ less-24(SP), $0   \
	JNE  halfdone          \
	MOVQ $1, less-24(SP)   \
	DECQ tile-8(SP)        \
	MOVQ few+80(FP), CX    \
	MOVQ CX, left-16(SP)   \
	TESTQ CX, CX           \
	JNZ  tile              \
halfdone:                  \
	ADDQ $64, R12          \
	CMPQ R12, $128         \
	JNE  half              \
	VZEROUPPER             \
	RET

#define EACHROW4(do) do(Y0, Y1); do(Y2, Y3); do(Y4, Y5); do(Y6, Y7)

// func tilesF32AVX2(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many, few int,
//	bias, add *float32, ldadd int, least float32)
#define BROW 64
#define LOADB VMOVUPS (BX), Y12; VMOVUPS 32(BX), Y13
#define DOT(mem, lo, hi) \
	VBROADCASTSS mem, Y14     \
	VFMADD231PS  Y14, Y12, lo \
	VFMADD231PS  Y14, Y13, hi
#define EACHROW(do) EACHROW4(do); do(Y8, Y9); do(Y10, Y11)
#define MORE CMPQ AX, $5; JEQ r5; STEPS(r6, ROWS6); STEPS(r5, ROWS5)

TEXT ·tilesF32AVX2(SB), NOSPLIT, $24-116
	TILES

#undef BROW
#undef LOADB
#undef DOT
#undef EACHROW
#undef MORE

// func tilesWideAVX2(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many, few int,
//	bias, add *float32, ldadd int, least float32)
//
// Up to 4 rows. Each pair is split into two float32, the even k (shifted up, Y8
// Y10 Y12) and the odd (masked by Y14, Y9 Y11 Y13).
#define BROW 128
#define LOADB \
	VMOVUPS (BX), Y9      \
	VMOVUPS 32(BX), Y11   \
	VPSLLD  $16, Y9, Y8   \
	VPSLLD  $16, Y11, Y10 \
	VPAND   Y14, Y9, Y9   \
	VPAND   Y14, Y11, Y11
#define DOT(mem, lo, hi) \
	VPBROADCASTD mem, Y13      \
	VPSLLD       $16, Y13, Y12 \
	VPAND        Y14, Y13, Y13 \
	VFMADD231PS  Y12, Y8, lo   \
	VFMADD231PS  Y12, Y10, hi  \
	VFMADD231PS  Y13, Y9, lo   \
	VFMADD231PS  Y13, Y11, hi
#define EACHROW(do) EACHROW4(do)
#define MORE

TEXT ·tilesWideAVX2(SB), NOSPLIT, $24-116
	VPCMPEQD Y14, Y14, Y14      // all ones
	VPSLLD   $16, Y14, Y14      // upper halves
	TILES
