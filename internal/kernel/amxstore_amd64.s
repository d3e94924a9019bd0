//go:build !noasm

#include "textflag.h"
#include "amx_amd64.h"

// VCVTNE2PS2BF16 Z0, Z1, Z0, unknown to the assembler: Z0 into the lower half of
// Z0, Z1 into the upper. EVEX.512.F2.0F38.W0 72 /r.
#define VCVTNE2PS2BF16 BYTE $0x62; BYTE $0xF2; BYTE $0x77; BYTE $0x48; BYTE $0x72; BYTE $0xC0

// One row of a block: 32 sums from R12 with bias Z24 Z25, never less than Z27, as
// BF16 to DI, by the store that is named. RESIDUAL adds a row of add between.
#define LOADROW \
	VADDPS (R12), Z24, Z0    \
	VADDPS 64(R12), Z25, Z1

#define RESIDUAL \
	VPMOVZXWD (DX), Z2    \
	VPMOVZXWD 32(DX), Z3  \
	VPSLLD $16, Z2, Z2    \
	VPSLLD $16, Z3, Z3    \
	VADDPS Z2, Z0, Z0     \
	VADDPS Z3, Z1, Z1     \
	ADDQ   R13, DX

#define STOREROW(STORE) \
	VMAXPS Z0, Z27, Z0  \
	VMAXPS Z1, Z27, Z1  \
	VCVTNE2PS2BF16      \
	STORE Z0, (DI)      \
	ADDQ $128, R12      \
	ADDQ R14, DI        \
	DECQ CX

// func storeTilesAMX(cfg *tileConfig, dst *BF16, ldd int, a *BF16, lda int, b *BF16, steps, blocks int,
//	bias *float32, add *BF16, ldadd int, least float32, stream bool, buf *[2][amxRows * PanelCols]float32)
//
// blocks ≥ 1 products of 32 rows of A and a panel, ended in their epilogue. While
// the tiles of a block are multiplied, the sums of the one before it are rounded:
// they wait in one half of buf, the new ones go to the other. stream stores dst past the
// caches: its rows then start at multiples of 64 bytes.
//
//	tile 0 1  sums of rows  0..15, columns 0..15 and 16..31   tile 4 5  A
//	tile 2 3  sums of rows 16..31                             tile 6 7  B
//	SI  A rows 0..15      DI  A rows 16..31, then row of dst
//	BX  B columns 0..15   DX  16..31, then row of add
//	R8  bytes between rows of A     R9  128: between those of B and of sums
//	R10 R11 sums of this block, columns 0..15 and 16..31
//	R12 sums of the block before    R13 R14 bytes between rows of add, of dst
//	CX  steps left, then rows left  R15 blocks left     AX what dst, add move by
TEXT ·storeTilesAMX(SB), NOSPLIT, $0-104
	MOVQ cfg+0(FP), AX
	LDTILECFG
	MOVQ lda+32(FP), R8
	MOVQ $128, R9
	MOVQ ldadd+80(FP), R13
	MOVQ ldd+16(FP), R14
	MOVQ blocks+56(FP), R15
	MOVQ buf+96(FP), R10
	LEAQ 4096(R10), R12
	VBROADCASTSS least+88(FP), Z27
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25
	MOVQ bias+64(FP), AX
	TESTQ AX, AX
	JEQ  first
	VMOVUPS (AX), Z24
	VMOVUPS 64(AX), Z25

first:
	XORQ AX, AX                 // no block before

block:
	MOVQ a+24(FP), SI
	MOVQ R8, DI
	SHLQ $4, DI
	ADDQ SI, DI
	MOVQ b+40(FP), BX
	LEAQ 64(BX), DX
	MOVQ steps+48(FP), CX
	TILEZERO(0)
	TILEZERO(1)
	TILEZERO(2)
	TILEZERO(3)

step:
	TILELOADD(6, 3, 9)          // B left
	TILELOADD(4, 6, 8)          // A upper
	TDPBF16PS(0, 4, 6)
	TILELOADD(5, 7, 8)          // A lower
	TDPBF16PS(2, 5, 6)
	TILELOADD(7, 2, 9)          // B right
	TDPBF16PS(1, 4, 7)
	TDPBF16PS(3, 5, 7)
	ADDQ $64, SI
	ADDQ $64, DI
	ADDQ $2048, BX
	ADDQ $2048, DX
	DECQ CX
	JNZ  step
	TESTQ AX, AX
	JEQ  keep
	// the epilogue of the block before
epilogue:
	MOVQ dst+8(FP), DI
	MOVQ add+72(FP), DX
	MOVQ $32, CX
	CMPB stream+92(FP), $0
	JNE  stream
	TESTQ DX, DX
	JEQ  plain

sum:
	LOADROW
	RESIDUAL
	STOREROW(VMOVUPS)
	JNZ  sum
	JMP  added

plain:
	LOADROW
	STOREROW(VMOVUPS)
	JNZ  plain
	JMP  stored

stream:
	TESTQ DX, DX
	JEQ  plainStream

sumStream:
	LOADROW
	RESIDUAL
	STOREROW(VMOVNTPS)
	JNZ  sumStream

added:
	MOVQ DX, add+72(FP)
	JMP  stored

plainStream:
	LOADROW
	STOREROW(VMOVNTPS)
	JNZ  plainStream

stored:
	MOVQ DI, dst+8(FP)
	SUBQ $4096, R12             // back to its first row
	TESTQ R15, R15
	JEQ  return

keep:
	LEAQ 64(R10), R11
	TILESTORED(0, 10, 9)
	TILESTORED(1, 11, 9)
	ADDQ $2048, R10
	ADDQ $2048, R11
	TILESTORED(2, 10, 9)
	TILESTORED(3, 11, 9)
	SUBQ $2048, R10
	XCHGQ R10, R12              // R12: the sums just stored
	MOVQ R8, AX
	SHLQ $5, AX
	ADDQ AX, a+24(FP)
	MOVQ $1, AX
	DECQ R15
	JNZ  block
	JMP  epilogue               // of the last block

return:
	CMPB stream+92(FP), $0
	JEQ  release
	SFENCE                      // what is on its way comes before what follows

release:
	TILERELEASE
	VZEROUPPER
	RET
