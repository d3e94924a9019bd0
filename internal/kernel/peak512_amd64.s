//go:build !noasm

#include "textflag.h"
#include "dot512_amd64.h"

// The loops of peak256_amd64.s with twice the sums, twice as long.
//
//	Z0..Z23  sums       Z30  x       Z31  y
//	DI  sums in memory  CX   rounds left

#define EACH(do) \
	do(0, Z0); do(1, Z1); do(2, Z2); do(3, Z3)         \
	do(4, Z4); do(5, Z5); do(6, Z6); do(7, Z7)         \
	do(8, Z8); do(9, Z9); do(10, Z10); do(11, Z11)     \
	do(12, Z12); do(13, Z13); do(14, Z14); do(15, Z15) \
	do(16, Z16); do(17, Z17); do(18, Z18); do(19, Z19) \
	do(20, Z20); do(21, Z21); do(22, Z22); do(23, Z23)
#define ZERO(i, z) VPXORD z, z, z
#define MULADD(i, z) VFMADD231PS Z30, Z31, z
#define MULADDPAIRS(i, z) VDPBF16PS(30, 31, i)
#define SET(i, z) VMOVUPS z, (64*i)(DI)

// func peakF32AVX512(sums *[384]float32, x, y float32, rounds int)
TEXT ·peakF32AVX512(SB), NOSPLIT, $0-24
	MOVQ         sums+0(FP), DI
	VBROADCASTSS x+8(FP), Z30
	VBROADCASTSS y+12(FP), Z31
	MOVQ         rounds+16(FP), CX
	EACH(ZERO)

round:
	EACH(MULADD)                // sums += x·y
	DECQ CX
	JNZ  round
	EACH(SET)
	VZEROUPPER
	RET

// func peakBF16AVX512(sums *[384]float32, x, y uint32, rounds int)
TEXT ·peakBF16AVX512(SB), NOSPLIT, $0-24
	MOVQ         sums+0(FP), DI
	MOVL         x+8(FP), AX
	MOVL         y+12(FP), DX
	VPBROADCASTD AX, Z30
	VPBROADCASTD DX, Z31
	MOVQ         rounds+16(FP), CX
	EACH(ZERO)

round:
	EACH(MULADDPAIRS)           // sums += the sums of the pairs of x·y
	DECQ CX
	JNZ  round
	EACH(SET)
	VZEROUPPER
	RET
