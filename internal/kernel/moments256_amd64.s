//go:build !noasm

#include "textflag.h"

// The sums of batch normalisation in AVX2, 8 channels of four rows at a time: the
// sums go through registers once for four rows.
//
//	DI  sum              BX  sq or prod
//	R9  shift or mean    AX  channel        CX  channels
//	SI  x    R8  dy      R10 bytes of a row R11 of three rows
//	R12 x    R13 dy      to be fetched      DX  rows left
//	Y0 Y1 sums           Y2  shift or mean

// FOURS loops over channels and rows: add adds 8 channels of one row to Y0 and Y1,
// and move advances. Rows are too short for the processor to foresee the next four,
// so that they are fetched meanwhile.
#define FOURS(add, move, fetch) \
	SIZE                     \
	LEAQ (R10)(R10*2), R11   \
	LEAQ (SI)(R10*4), R12    \
	LEAQ (R8)(R10*4), R13    \
	SUBQ $4, DX              \
	JLT  rest                \
four:                        \
	XORQ AX, AX              \
vector4:                     \
	SUMS                     \
	add((SI), (R8))          \
	add((SI)(R10*1), (R8)(R10*1)) \
	add((SI)(R10*2), (R8)(R10*2)) \
	add((SI)(R11*1), (R8)(R11*1)) \
	fetch                    \
	move(VECTOR)             \
	NEXT(vector4)            \
	move(R11)                \
	SUBQ $4, DX              \
	JGE  four                \
rest:                        \
	ADDQ $4, DX              \
	JEQ  done                \
row:                         \
	XORQ AX, AX              \
vector:                      \
	SUMS                     \
	add((SI), (R8))          \
	move(VECTOR)             \
	NEXT(vector)             \
	DECQ DX                  \
	JNZ  row                 \
done:                        \
	VZEROUPPER               \
	RET

#define SUMS \
	VMOVUPS (DI)(AX*4), Y0 \
	VMOVUPS (BX)(AX*4), Y1 \
	VMOVUPS (R9)(AX*4), Y2

#define NEXT(vector) \
	VMOVUPS Y0, (DI)(AX*4) \
	VMOVUPS Y1, (BX)(AX*4) \
	ADDQ    $8, AX         \
	CMPQ    AX, CX         \
	JLT     vector

// sum += x − shift, sq += (x − shift)²
#define MOMENT(x, dy) \
	LD(x, Y3)              \
	VSUBPS      Y2, Y3, Y3 \
	VADDPS      Y3, Y0, Y0 \
	VFMADD231PS Y3, Y3, Y1

// sum += dy, prod += dy·(x − mean)
#define PROD(x, dy) \
	LD(x, Y3)              \
	LD(dy, Y4)             \
	VSUBPS      Y2, Y3, Y3 \
	VADDPS      Y4, Y0, Y0 \
	VFMADD231PS Y4, Y3, Y1

#define MOVEX(n) ADDQ n, SI
#define MOVEBOTH(n) ADDQ n, SI; ADDQ n, R8

// func(sum, sq *float32, x *E, shift *float32, rows, n int)
#define MOMENTS \
	MOVQ sum+0(FP), DI    \
	MOVQ sq+8(FP), BX     \
	MOVQ x+16(FP), SI     \
	MOVQ shift+24(FP), R9 \
	MOVQ rows+32(FP), DX  \
	MOVQ n+40(FP), CX     \
	FOURS(MOMENT, MOVEX, FETCH(R12))

// func(sum, prod *float32, dy, x *E, mean *float32, rows, n int)
#define PRODS \
	MOVQ sum+0(FP), DI    \
	MOVQ prod+8(FP), BX   \
	MOVQ dy+16(FP), R8    \
	MOVQ x+24(FP), SI     \
	MOVQ mean+32(FP), R9  \
	MOVQ rows+40(FP), DX  \
	MOVQ n+48(FP), CX     \
	FOURS(PROD, MOVEBOTH, FETCH(R12); FETCH(R13))

// float32

#define SIZE LEAQ (CX*4), R10
#define VECTOR $32
#define LD(mem, y) VMOVUPS mem, y
#define FETCH(r) PREFETCHT0 (r); PREFETCHT0 64(r); ADDQ $128, r

TEXT ·addMomentsF32AVX2(SB), NOSPLIT, $0-48
	MOMENTS

TEXT ·addProdsF32AVX2(SB), NOSPLIT, $0-56
	PRODS

#undef SIZE
#undef VECTOR
#undef LD
#undef FETCH

// BF16

#define SIZE LEAQ (CX*2), R10
#define VECTOR $16
#define LD(mem, y) VPMOVZXWD mem, y; VPSLLD $16, y, y
#define FETCH(r) PREFETCHT0 (r); ADDQ $64, r

TEXT ·addMomentsBF16AVX2(SB), NOSPLIT, $0-48
	MOMENTS

TEXT ·addProdsBF16AVX2(SB), NOSPLIT, $0-56
	PRODS
