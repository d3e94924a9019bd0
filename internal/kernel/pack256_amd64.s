//go:build !noasm

#include "textflag.h"
#include "macros256_amd64.h"

// The packers in AVX2.

// COLUMNS sets Y4 to Y7 to masks of cols ≤ 32 columns: ones where j < cols.
#define COLUMNS(cols) \
	MOVQ         $0x0706050403020100, AX \
	VMOVQ        AX, X0                  \
	VPMOVZXBD    X0, Y0                  \
	MOVQ         $8, AX                  \
	VMOVQ        AX, X1                  \
	VPBROADCASTD X1, Y1                  \
	VPBROADCASTD cols, Y2                \
	VPCMPGTD     Y0, Y2, Y4              \
	VPADDD       Y1, Y0, Y0              \
	VPCMPGTD     Y0, Y2, Y5              \
	VPADDD       Y1, Y0, Y0              \
	VPCMPGTD     Y0, Y2, Y6              \
	VPADDD       Y1, Y0, Y0              \
	VPCMPGTD     Y0, Y2, Y7

// func packRowsF32AVX2(dst, src *float32, off *int32, rows, cols, step, half int)
//
//	DI row of the panel   R10 bytes to the next    R9 bytes to its columns from 16 on
//	SI src                R8  offset of the row    AX row of src
//	DX rows left          Y4 to Y7 columns
TEXT ·packRowsF32AVX2(SB), NOSPLIT, $0-56
	COLUMNS(cols+32(FP))
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ off+16(FP), R8
	MOVQ rows+24(FP), DX
	MOVQ step+40(FP), R10
	MOVQ half+48(FP), R9

row:
	MOVLQSX    (R8), AX
	VMASKMOVPS (SI)(AX*4), Y4, Y0
	VMASKMOVPS 32(SI)(AX*4), Y5, Y1
	VMASKMOVPS 64(SI)(AX*4), Y6, Y2
	VMASKMOVPS 96(SI)(AX*4), Y7, Y3
	VMOVUPS    Y0, (DI)
	VMOVUPS    Y1, 32(DI)
	VMOVUPS    Y2, (DI)(R9*1)
	VMOVUPS    Y3, 32(DI)(R9*1)
	ADDQ       $4, R8
	ADDQ       R10, DI
	DECQ       DX
	JNZ        row
	VZEROUPPER
	RET

// func packF32AVX2(dst, src *float32, ld, rows, cols, step, half int)
//
//	DI row of the panel   R10 bytes to the next    R9 bytes to its columns from 16 on
//	SI row of src         R8  bytes to the next
//	DX rows left          Y4 to Y7 columns
TEXT ·packF32AVX2(SB), NOSPLIT, $0-56
	COLUMNS(cols+32(FP))
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ rows+24(FP), DX
	MOVQ step+40(FP), R10
	MOVQ half+48(FP), R9

row:
	VMASKMOVPS (SI), Y4, Y0
	VMASKMOVPS 32(SI), Y5, Y1
	VMASKMOVPS 64(SI), Y6, Y2
	VMASKMOVPS 96(SI), Y7, Y3
	VMOVUPS    Y0, (DI)
	VMOVUPS    Y1, 32(DI)
	VMOVUPS    Y2, (DI)(R9*1)
	VMOVUPS    Y3, 32(DI)(R9*1)
	ADDQ       R8, SI
	ADDQ       R10, DI
	DECQ       DX
	JNZ        row
	VZEROUPPER
	RET

// JOIN rounds 8 columns of the even and of the odd row and stores them as pairs.
#define JOIN(at, columns, to) \
	VMASKMOVPS at(SI), columns, Y0         \
	VMASKMOVPS at(SI)(R8*1), columns, Y1   \
	ROUNDUP(Y0, Y2)                        \
	ROUNDUP(Y1, Y3)                        \
	VPSRLD     $16, Y2, Y2                 \
	VPBLENDW   $0xAA, Y3, Y2, Y2           \
	VMOVUPS    Y2, to

// func packRoundedAVX2(dst *BF16, src *float32, ld, pairs, cols, step, half int)
//
//	DI pair of rows of the panel   R10 bytes to the next    R9 bytes to its columns from 16 on
//	SI even row of src             R8  bytes between rows
//	DX pairs left                  Y4 to Y7 columns
TEXT ·packRoundedAVX2(SB), NOSPLIT, $0-56
	COLUMNS(cols+32(FP))
	ROUNDING
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ ld+16(FP), R8
	MOVQ pairs+24(FP), DX
	MOVQ step+40(FP), R10
	MOVQ half+48(FP), R9

pair:
	JOIN(0, Y4, (DI))
	JOIN(32, Y5, 32(DI))
	JOIN(64, Y6, (DI)(R9*1))
	JOIN(96, Y7, 32(DI)(R9*1))
	LEAQ (SI)(R8*2), SI
	ADDQ R10, DI
	DECQ DX
	JNZ  pair
	VZEROUPPER
	RET

// INTERLEAVE stores 16 words of the even row (Y0) and of the odd (Y1) as pairs.
#define INTERLEAVE(lower, upper) \
	VPUNPCKLWD Y1, Y0, Y2          \
	VPUNPCKHWD Y1, Y0, Y3          \
	VPERM2I128 $0x20, Y3, Y2, Y0   \
	VPERM2I128 $0x31, Y3, Y2, Y1   \
	VMOVUPS    Y0, lower           \
	VMOVUPS    Y1, upper

// func packPairsAVX2(dst, src *BF16, off *int32, pairs, cols, step, half int)
//
//	DI pair of rows of the panel   R11 bytes to the next    R10 bytes to its columns from 16 on
//	SI src                         R8  offset of the even row
//	DX pairs left                  AX R9 rows of src
TEXT ·packPairsAVX2(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ off+16(FP), R8
	MOVQ pairs+24(FP), DX
	MOVQ step+40(FP), R11
	MOVQ half+48(FP), R10

pair:
	MOVLQSX (R8), AX
	MOVLQSX 4(R8), R9
	VMOVUPS (SI)(AX*2), Y0
	VMOVUPS 32(SI)(AX*2), Y4
	VMOVUPS (SI)(R9*2), Y1
	VMOVUPS 32(SI)(R9*2), Y5
	INTERLEAVE((DI), 32(DI))
	VMOVAPS Y4, Y0
	VMOVAPS Y5, Y1
	INTERLEAVE((DI)(R10*1), 32(DI)(R10*1))
	ADDQ    $8, R8
	ADDQ    R11, DI
	DECQ    DX
	JNZ     pair
	VZEROUPPER
	RET

// HALVES loads dwords [at/4, at/4+4) of 8 rows: rows i and i+4 are the lanes of
// Yi. FOUR transposes and stores them as the next 4 rows of 8 dwords.
#define HALVES(at) \
	VMOVUPS     at(SI), X0                    \
	VMOVUPS     at(SI)(R8*1), X1              \
	VMOVUPS     at(SI)(R8*2), X2              \
	VMOVUPS     at(SI)(R9*1), X3              \
	VINSERTF128 $1, at(R10), Y0, Y0           \
	VINSERTF128 $1, at(R10)(R8*1), Y1, Y1     \
	VINSERTF128 $1, at(R10)(R8*2), Y2, Y2     \
	VINSERTF128 $1, at(R10)(R9*1), Y3, Y3

#define FOUR \
	VUNPCKLPS Y1, Y0, Y4           \
	VUNPCKHPS Y1, Y0, Y5           \
	VUNPCKLPS Y3, Y2, Y6           \
	VUNPCKHPS Y3, Y2, Y7           \
	VUNPCKLPD Y6, Y4, Y0           \
	VUNPCKHPD Y6, Y4, Y1           \
	VUNPCKLPD Y7, Y5, Y2           \
	VUNPCKHPD Y7, Y5, Y3           \
	VMOVUPS   Y0, (DI)             \
	VMOVUPS   Y1, (DI)(R13*1)      \
	VMOVUPS   Y2, (DI)(R13*2)      \
	VMOVUPS   Y3, (DI)(R14*1)      \
	LEAQ      (DI)(R13*4), DI

// func transposeAVX2(dst, src unsafe.Pointer, ld, blocks, step, half int)
//
// Transposes 32 rows of 8·blocks dwords, ld bytes apart, into rows of 32 dwords,
// step bytes apart, of which the last 16 are half bytes behind the first.
// Two blocks, a cache line of each row, are finished at a time: rows whose lines
// exclude each other from the cache are then read once all the same.
//
//	DI block of dst   SI R10 block of src and its row 4
//	R8 R9 bytes between rows, and three times that
//	CX blocks left    BX blocks of this line   AX blocks left   DX stripes of 8 rows left
//	R11 R12 start of the line in src and dst     R15 block of dst this stripe starts with
//	R13 R14 bytes between rows of dst, and three times that
TEXT ·transposeAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), R12
	MOVQ src+8(FP), R11
	MOVQ ld+16(FP), R8
	MOVQ blocks+24(FP), CX
	LEAQ (R8)(R8*2), R9
	MOVQ step+32(FP), R13
	LEAQ (R13)(R13*2), R14

line:
	MOVQ    $2, BX
	CMPQ    CX, BX
	CMOVQLT CX, BX
	MOVQ    $4, DX
	MOVQ    R11, SI
	MOVQ    R12, DI

stripe:
	LEAQ (SI)(R8*4), R10
	MOVQ DI, R15
	MOVQ BX, AX

block:
	HALVES(0)
	FOUR
	HALVES(16)
	FOUR
	ADDQ $32, SI
	ADDQ $32, R10
	DECQ AX
	JNZ  block
	MOVQ BX, AX
	SHLQ $5, AX
	SUBQ AX, SI                // back to the first block
	LEAQ (SI)(R8*8), SI        // of the next stripe
	LEAQ 32(R15), DI
	CMPQ DX, $3
	JNE  next
	ADDQ half+40(FP), DI       // from column 16 to its place
	SUBQ $64, DI
next:
	DECQ DX
	JNZ  stripe
	ADDQ $64, R11
	MOVQ R13, AX
	SHLQ $4, AX
	ADDQ AX, R12
	SUBQ BX, CX
	JNZ  line
	VZEROUPPER
	RET
