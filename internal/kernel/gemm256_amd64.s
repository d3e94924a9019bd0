//go:build !noasm

#include "textflag.h"

// The AVX2 micro-kernels: up to 6 rows of A times one panel, in two halves of 16
// columns one after the other, the sums in Y0..Y11, two per row. Steps, LOADB
// and DOT are as in gemm512_amd64.s.
//
//	DI  row of c             DX  bytes between rows of c
//	SI  row 0 of A           R8  bytes between rows of A
//	R11 row 3 of A           R9  bytes between steps of A
//	BX  step of the panel    CX  steps left
//	AX  rows                 R12 bytes into the panel and c: 0, then 64

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
	ADDQ $128, BX \
	DECQ CX       \
	JNZ  label    \
	JMP  done

// One row of c: added to its sums, or set to them. Leaves after the last row.
#define ADDC(lo, hi) \
	VADDPS (DI), lo, lo   \
	VADDPS 32(DI), hi, hi \
	ADDQ   DX, DI         \
	DECQ   AX             \
	JZ     set

#define SETC(lo, hi) \
	VMOVUPS lo, (DI)   \
	VMOVUPS hi, 32(DI) \
	ADDQ    DX, DI     \
	DECQ    AX         \
	JZ      next

// TILE is the body of a tileFunc. EACHROW runs a macro over the sums of all
// rows, MORE is the loops for 5 and more rows.
#define TILE \
	XORQ R12, R12          \
half:                      \
	MOVQ c+0(FP), DI       \
	MOVQ ldc+8(FP), DX     \
	MOVQ a+16(FP), SI      \
	MOVQ rs+24(FP), R8     \
	MOVQ ks+32(FP), R9     \
	MOVQ b+40(FP), BX      \
	MOVQ steps+48(FP), CX  \
	MOVQ rows+56(FP), AX   \
	ADDQ R12, DI           \
	ADDQ R12, BX           \
	LEAQ (R8)(R8*2), R11   \
	ADDQ SI, R11           \
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
	CMPB acc+64(FP), $0    \
	JEQ  set               \
	EACHROW(ADDC)          \
set:                       \
	MOVQ rows+56(FP), AX   \
	MOVQ c+0(FP), DI       \
	ADDQ R12, DI           \
	EACHROW(SETC)          \
next:                      \
	ADDQ $64, R12          \
	CMPQ R12, $128         \
	JNE  half              \
	VZEROUPPER             \
	RET

#define EACHROW4(do) do(Y0, Y1); do(Y2, Y3); do(Y4, Y5); do(Y6, Y7)

// func tileF32AVX2(c *float32, ldc int, a *float32, rs, ks int, b *float32, steps, rows int, acc bool)
#define LOADB VMOVUPS (BX), Y12; VMOVUPS 32(BX), Y13
#define DOT(mem, lo, hi) \
	VBROADCASTSS mem, Y14     \
	VFMADD231PS  Y14, Y12, lo \
	VFMADD231PS  Y14, Y13, hi
#define EACHROW(do) EACHROW4(do); do(Y8, Y9); do(Y10, Y11)
#define MORE CMPQ AX, $5; JEQ r5; STEPS(r6, ROWS6); STEPS(r5, ROWS5)

TEXT ·tileF32AVX2(SB), NOSPLIT, $0-65
	TILE

#undef LOADB
#undef DOT
#undef EACHROW
#undef MORE

// func tileWideAVX2(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, steps, rows int, acc bool)
//
// Up to 4 rows. Each pair is split into two float32, the even k (shifted up, Y8
// Y10 Y12) and the odd (masked by Y14, Y9 Y11 Y13).
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

TEXT ·tileWideAVX2(SB), NOSPLIT, $0-65
	VPCMPEQD Y14, Y14, Y14      // all ones
	VPSLLD   $16, Y14, Y14      // upper halves
	TILE
