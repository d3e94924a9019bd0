//go:build !noasm

#include "textflag.h"
#include "amx_amd64.h"

// func peakBF16AMX(cfg *tileConfig, sums *[1536]float32, x, y *[512]BF16, rounds int)
//
//	tile 0..5  sums          tile 6  x       tile 7  y
//	DI  sums in memory       SI  x           DX  y
//	R8  64, bytes of a row   CX  rounds left
#define STORE(t) TILESTORED(t, 7, 8); ADDQ $1024, DI

TEXT ·peakBF16AMX(SB), NOSPLIT, $0-40
	MOVQ cfg+0(FP), AX
	LDTILECFG
	MOVQ sums+8(FP), DI
	MOVQ x+16(FP), SI
	MOVQ y+24(FP), DX
	MOVQ rounds+32(FP), CX
	MOVQ $64, R8
	TILEZERO(0)
	TILEZERO(1)
	TILEZERO(2)
	TILEZERO(3)
	TILEZERO(4)
	TILEZERO(5)
	TILELOADD(6, 6, 8)
	TILELOADD(7, 2, 8)

round:
	TDPBF16PS(0, 6, 7)          // sums += x·y
	TDPBF16PS(1, 6, 7)
	TDPBF16PS(2, 6, 7)
	TDPBF16PS(3, 6, 7)
	TDPBF16PS(4, 6, 7)
	TDPBF16PS(5, 6, 7)
	DECQ CX
	JNZ  round
	STORE(0)
	STORE(1)
	STORE(2)
	STORE(3)
	STORE(4)
	STORE(5)
	TILERELEASE
	RET
