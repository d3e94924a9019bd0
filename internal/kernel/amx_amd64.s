//go:build !noasm

#include "textflag.h"
#include "amx_amd64.h"

// func tilesAMX(cfg *tileConfig, c *float32, ldc, dc int, a *BF16, rs, ks, da int, b *BF16, half, db int,
//	steps, rows, blocks int, acc bool)
//
// blocks products of rows ≤ 32 rows of A and a panel. A step is 32 of k: a row
// of A tiles of 64 bytes and 16 pairs of rows of the panel.
//
//	tile 0 1  c of rows  0..15, columns 0..15 and 16..31     tile 4 5  A
//	tile 2 3  c of rows 16..31                               tile 6 7  B
//	SI  A rows 0..15     DI  A rows 16..31   R8  bytes between rows of A
//	BX  B columns 0..15  DX  16..31          R9  64, bytes between its rows
//	R10 c columns 0..15  R12 16..31          R11 bytes between rows of c
//	CX  steps left       R15 blocks left     R14 bytes between steps of A
//	R13 rows − 16: whether there are tiles 2, 3 and 5
TEXT ·tilesAMX(SB), NOSPLIT, $0-113
	MOVQ cfg+0(FP), AX
	LDTILECFG
	MOVQ ldc+16(FP), R11
	MOVQ rs+40(FP), R8
	MOVQ ks+48(FP), R14
	MOVQ $64, R9
	MOVQ rows+96(FP), R13
	MOVQ blocks+104(FP), R15
	SUBQ $16, R13

block:
	MOVQ c+8(FP), R10
	LEAQ 64(R10), R12
	MOVQ a+32(FP), SI
	MOVQ R8, DI
	SHLQ $4, DI
	ADDQ SI, DI
	MOVQ b+64(FP), BX
	MOVQ half+72(FP), DX
	ADDQ BX, DX
	MOVQ steps+88(FP), CX
	CMPB acc+112(FP), $0
	JNE  load
	TILEZERO(0)
	TILEZERO(1)
	TESTQ R13, R13
	JLE  short
	TILEZERO(2)
	TILEZERO(3)
	JMP  tall

load:
	TILELOADD(0, 10, 11)
	TILELOADD(1, 12, 11)
	TESTQ R13, R13
	JLE  short
	MOVQ R11, AX                // c of row 16
	SHLQ $4, AX
	ADDQ AX, R10
	ADDQ AX, R12
	TILELOADD(2, 10, 11)
	TILELOADD(3, 12, 11)
	SUBQ AX, R10
	SUBQ AX, R12

tall:
	TILELOADD(6, 3, 9)          // B left
	TILELOADD(4, 6, 8)          // A upper
	TDPBF16PS(0, 4, 6)
	TILELOADD(5, 7, 8)          // A lower
	TDPBF16PS(2, 5, 6)
	TILELOADD(7, 2, 9)          // B right
	TDPBF16PS(1, 4, 7)
	TDPBF16PS(3, 5, 7)
	ADDQ R14, SI
	ADDQ R14, DI
	ADDQ $1024, BX
	ADDQ $1024, DX
	DECQ CX
	JNZ  tall
	TILESTORED(0, 10, 11)
	TILESTORED(1, 12, 11)
	MOVQ R11, AX
	SHLQ $4, AX
	ADDQ AX, R10
	ADDQ AX, R12
	TILESTORED(2, 10, 11)
	TILESTORED(3, 12, 11)
	JMP  next

short:
	TILELOADD(4, 6, 8)
	TILELOADD(6, 3, 9)
	TDPBF16PS(0, 4, 6)
	TILELOADD(7, 2, 9)
	TDPBF16PS(1, 4, 7)
	ADDQ R14, SI
	ADDQ $1024, BX
	ADDQ $1024, DX
	DECQ CX
	JNZ  short
	TILESTORED(0, 10, 11)
	TILESTORED(1, 12, 11)

next:
	MOVQ dc+24(FP), AX
	ADDQ AX, c+8(FP)
	MOVQ da+56(FP), AX
	ADDQ AX, a+32(FP)
	MOVQ db+80(FP), AX
	ADDQ AX, b+64(FP)
	DECQ R15
	JNZ  block
	TILERELEASE
	RET
