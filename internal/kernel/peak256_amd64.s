//go:build !noasm

#include "textflag.h"

// func peakF32AVX2(sums *[96]float32, x, y float32, rounds int)
//
// Twelve sums hide the latency of the multiply-add on two units.
//
//	Y0..Y11  sums       Y12  x       Y13  y
//	DI  sums in memory  CX   rounds left

#define EACH(do) \
	do(Y0, 0); do(Y1, 32); do(Y2, 64); do(Y3, 96); do(Y4, 128); do(Y5, 160)     \
	do(Y6, 192); do(Y7, 224); do(Y8, 256); do(Y9, 288); do(Y10, 320); do(Y11, 352)
#define ZERO(z, at) VXORPS z, z, z
#define MULADD(z, at) VFMADD231PS Y12, Y13, z
#define SET(z, at) VMOVUPS z, at(DI)

TEXT ·peakF32AVX2(SB), NOSPLIT, $0-24
	MOVQ         sums+0(FP), DI
	VBROADCASTSS x+8(FP), Y12
	VBROADCASTSS y+12(FP), Y13
	MOVQ         rounds+16(FP), CX
	EACH(ZERO)

round:
	EACH(MULADD)                // sums += x·y
	DECQ CX
	JNZ  round
	EACH(SET)
	VZEROUPPER
	RET
