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

// func storeTilesAMX(cfg *tileConfig, dst *BF16, ldd int, a *BF16, lda int, b *BF16,
//	steps, panels, blocks int, bias *float32, add *BF16, ldadd int, least float32, stream bool,
//	buf *[2][amxRows * PanelCols]float32)
//
// blocks ≥ 1 of 32 rows of A, each multiplied by panels ≥ 1, ended in their epilogue.
// While a product is computed, the sums of the one before it are rounded: they wait in one
// half of buf, the new ones go to the other. Meanwhile lines of the next block are fetched
// in their order in memory, which the prefetcher of L2 continues. stream stores dst past
// the caches: its rows then start at multiples of 64 bytes.
//
//	tile 0 1  sums of rows  0..15, columns 0..15 and 16..31   tile 4 5  A
//	tile 2 3  sums of rows 16..31                             tile 6 7  B
//	SI  A rows 0..15      DI  A rows 16..31, then row of dst
//	BX  B columns 0..15   DX  16..31, then row of add
//	R8  bytes between rows of A     R9  128: between those of sums   R11 64: of B
//	R10 sums of this product        R12 sums of the one before, 0 for none
//	R13 R14 bytes between rows of add, of dst
//	CX  steps left, then rows left  R15 panels left     AX line to fetch, what moves
//	both  sum of both halves' addresses   col  bytes from dst to the columns of the sums
//	ahead line to fetch next                   before
TEXT ·storeTilesAMX(SB), NOSPLIT, $24-112
	MOVQ cfg+0(FP), AX
	LDTILECFG
	MOVQ lda+32(FP), R8
	MOVQ $128, R9
	MOVQ $64, R11
	MOVQ ldadd+88(FP), R13
	MOVQ ldd+16(FP), R14
	MOVQ buf+104(FP), R10
	LEAQ 4096(R10)(R10*1), AX
	MOVQ AX, both-8(SP)
	MOVQ $0, col-16(SP)
	XORL R12, R12
	VBROADCASTSS least+96(FP), Z27
	VPXORD Z24, Z24, Z24
	VPXORD Z25, Z25, Z25

block:
	MOVQ b+40(FP), BX
	MOVQ panels+56(FP), R15
	MOVQ R8, AX
	SHLQ $5, AX
	ADDQ a+24(FP), AX
	MOVQ AX, ahead-24(SP)

panel:
	MOVQ steps+48(FP), DX
	SHLQ $10, DX
	ADDQ BX, DX
	MOVQ a+24(FP), SI
	MOVQ R8, DI
	SHLQ $4, DI
	ADDQ SI, DI
	MOVQ steps+48(FP), CX
	MOVQ ahead-24(SP), AX
	TILEZERO(0)
	TILEZERO(1)
	TILEZERO(2)
	TILEZERO(3)

step:
	TILELOADD(6, 3, 11)         // B left
	TILELOADD(4, 6, 8)          // A upper
	TDPBF16PS(0, 4, 6)
	TILELOADD(5, 7, 8)          // A lower
	TDPBF16PS(2, 5, 6)
	TILELOADD(7, 2, 11)         // B right
	TDPBF16PS(1, 4, 7)
	TDPBF16PS(3, 5, 7)
	PREFETCHT1 (AX)
	PREFETCHT1 64(AX)
	PREFETCHT1 128(AX)
	PREFETCHT1 192(AX)
	ADDQ $256, AX
	ADDQ $64, SI
	ADDQ $64, DI
	ADDQ $1024, BX
	ADDQ $1024, DX
	DECQ CX
	JNZ  step
	MOVQ AX, ahead-24(SP)
	MOVQ DX, BX                 // the next panel
	TESTQ R12, R12
	JEQ  keep
	// the epilogue of the product before
epilogue:
	MOVQ bias+72(FP), AX
	MOVQ col-16(SP), CX
	TESTQ AX, AX
	JEQ  rows
	VMOVUPS (AX)(CX*2), Z24
	VMOVUPS 64(AX)(CX*2), Z25

rows:
	MOVQ dst+8(FP), DI
	ADDQ CX, DI
	MOVQ add+80(FP), DX
	TESTQ DX, DX
	JEQ  alone
	ADDQ CX, DX
	MOVQ $32, CX
	CMPB stream+100(FP), $0
	JNE  sumStream

sum:
	LOADROW
	RESIDUAL
	STOREROW(VMOVUPS)
	JNZ  sum
	JMP  stored

sumStream:
	LOADROW
	RESIDUAL
	STOREROW(VMOVNTPS)
	JNZ  sumStream
	JMP  stored

alone:
	MOVQ $32, CX
	CMPB stream+100(FP), $0
	JNE  aloneStream

plain:
	LOADROW
	STOREROW(VMOVUPS)
	JNZ  plain
	JMP  stored

aloneStream:
	LOADROW
	STOREROW(VMOVNTPS)
	JNZ  aloneStream

stored:
	MOVQ col-16(SP), CX
	ADDQ $64, CX
	MOVQ panels+56(FP), AX
	SHLQ $6, AX
	CMPQ CX, AX
	JNE  next
	XORL CX, CX                 // the next row of blocks
	MOVQ R14, AX
	SHLQ $5, AX
	ADDQ AX, dst+8(FP)
	CMPQ add+80(FP), $0
	JEQ  next
	MOVQ R13, AX
	SHLQ $5, AX
	ADDQ AX, add+80(FP)

next:
	MOVQ CX, col-16(SP)
	CMPQ blocks+64(FP), $0
	JEQ  return

keep:
	LEAQ 64(R10), DX
	TILESTORED(0, 10, 9)
	TILESTORED(1, 2, 9)
	MOVQ R10, R12               // the sums that wait now
	ADDQ $2048, R10
	ADDQ $2048, DX
	TILESTORED(2, 10, 9)
	TILESTORED(3, 2, 9)
	MOVQ both-8(SP), R10
	SUBQ R12, R10
	DECQ R15
	JNZ  panel
	MOVQ R8, AX
	SHLQ $5, AX
	ADDQ AX, a+24(FP)
	DECQ blocks+64(FP)
	JNZ  block
	JMP  epilogue               // of the last product

return:
	CMPB stream+100(FP), $0
	JEQ  release
	SFENCE                      // what is on its way comes before what follows

release:
	TILERELEASE
	VZEROUPPER
	RET
