//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"

// func packPairsAVX512(dst, src *BF16, off *int32, pairs, cols, step, half int)
//
//	DI pair of rows of the panel   R11 bytes to the next    R10 bytes to its columns from 16 on
//	SI src                         R8  offset of the first row
//	DX pairs left                  CX columns   AX R9 rows of src
TEXT ·packPairsAVX512(SB), NOSPLIT, $0-56
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ off+16(FP), R8
	MOVQ pairs+24(FP), DX
	MOVQ cols+32(FP), CX
	MASKS
	MOVQ step+40(FP), R11
	MOVQ half+48(FP), R10

pair:
	MOVLQSX     (R8), AX            // even row
	VPMOVZXWD.Z (SI)(AX*2), K1, Z0
	VPMOVZXWD.Z 32(SI)(AX*2), K2, Z1
	MOVLQSX     4(R8), R9
	VPMOVZXWD.Z (SI)(R9*2), K1, Z2
	VPMOVZXWD.Z 32(SI)(R9*2), K2, Z3
	VPSLLD      $16, Z2, Z2         // odd row above even row
	VPSLLD      $16, Z3, Z3
	VPORD       Z2, Z0, Z0
	VPORD       Z3, Z1, Z1
	VMOVUPS     Z0, (DI)
	VMOVUPS     Z1, (DI)(R10*1)
	ADDQ        $8, R8
	ADDQ        R11, DI
	DECQ        DX
	JNZ         pair
	VZEROUPPER
	RET

// func packRoundedAVX512(dst *BF16, src *float32, ld, pairs, cols, step, half int)
//
//	DI pair of rows of the panel   R10 bytes to the next    R9 bytes to its columns from 16 on
//	SI even row of src             R8  bytes between rows
//	DX pairs left                  CX  columns
TEXT ·packRoundedAVX512(SB), NOSPLIT, $0-56
	MOVQ       dst+0(FP), DI
	MOVQ       src+8(FP), SI
	MOVQ       ld+16(FP), R8
	MOVQ       pairs+24(FP), DX
	MOVQ       cols+32(FP), CX
	MASKS
	MOVQ       step+40(FP), R10
	MOVQ       half+48(FP), R9
	ROUNDING
	VPTERNLOGD $0xFF, Z27, Z27, Z27
	VPSLLD     $16, Z27, Z27        // upper halves

pair:
	VMOVUPS.Z (SI), K1, Z0
	VMOVUPS.Z 64(SI), K2, Z1
	VMOVUPS.Z (SI)(R8*1), K1, Z2
	VMOVUPS.Z 64(SI)(R8*1), K2, Z3
	ROUND(Z0)
	VMOVAPS   Z29, Z0               // even row below
	ROUND(Z1)
	VMOVAPS   Z29, Z1
	ROUNDUP(Z2)
	VPANDD    Z27, Z29, Z2          // odd row above
	ROUNDUP(Z3)
	VPANDD    Z27, Z29, Z3
	VPORD     Z2, Z0, Z0
	VPORD     Z3, Z1, Z1
	VMOVUPS   Z0, (DI)
	VMOVUPS   Z1, (DI)(R9*1)
	LEAQ      (SI)(R8*2), SI
	ADDQ      R10, DI
	DECQ      DX
	JNZ       pair
	VZEROUPPER
	RET

// Interleave rows a and b, then pairs of rows: lane L of Z(e) is elements 4L+e
// of four rows.
#define TWO(a, b, lo, hi) VUNPCKLPS b, a, lo; VUNPCKHPS b, a, hi
#define FOUR(p0, q0, p1, q1, e0, e1, e2, e3) \
	VUNPCKLPD p1, p0, e0 \
	VUNPCKHPD p1, p0, e1 \
	VUNPCKLPD q1, q0, e2 \
	VUNPCKHPD q1, q0, e3

// Gather lane L of four registers, for every L: element 4L+e of all 16 rows.
#define LANES(a, b, c, d, t0, t1, t2, t3) \
	VSHUFI32X4 $0x88, b, a, t0   \
	VSHUFI32X4 $0x88, d, c, t1   \
	VSHUFI32X4 $0xDD, b, a, t2   \
	VSHUFI32X4 $0xDD, d, c, t3   \
	VSHUFI32X4 $0x88, t1, t0, a  \
	VSHUFI32X4 $0x88, t3, t2, b  \
	VSHUFI32X4 $0xDD, t1, t0, c  \
	VSHUFI32X4 $0xDD, t3, t2, d

#define LOAD(z) VMOVDQU16.Z (SI)(AX*1), K1, z; ADDQ R8, AX
#define STORE(z) VMOVUPS z, (DI); ADDQ R9, DI; DECQ DX; JZ next

// func transposeAVX512(dst, src unsafe.Pointer, ldd, ld, n int)
//
// Transposes 16 rows of n bytes, in blocks of 16 × 16 dwords; the last may be
// narrower and its last dword half.
//
//	DI row of dst          R9 bytes between rows of dst
//	SI column of src       R8 bytes between rows of src
//	CX bytes left in a row DX dwords left in a block
TEXT ·transposeAVX512(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ ldd+16(FP), R9
	MOVQ ld+24(FP), R8
	MOVQ n+32(FP), CX

block:
	MOVQ    $64, BX
	CMPQ    CX, BX
	CMOVQLT CX, BX         // bytes of this block
	LEAQ    3(BX), DX
	SHRQ    $2, DX         // dwords
	SHRQ    $1, BX         // words
	MOVQ    $1, AX
	SHLXQ   BX, AX, AX
	DECQ    AX
	KMOVD   AX, K1
	XORQ    AX, AX
	LOAD(Z0); LOAD(Z1); LOAD(Z2); LOAD(Z3); LOAD(Z4); LOAD(Z5); LOAD(Z6); LOAD(Z7)
	LOAD(Z8); LOAD(Z9); LOAD(Z10); LOAD(Z11); LOAD(Z12); LOAD(Z13); LOAD(Z14); LOAD(Z15)
	TWO(Z0, Z1, Z16, Z17); TWO(Z2, Z3, Z18, Z19); TWO(Z4, Z5, Z20, Z21); TWO(Z6, Z7, Z22, Z23)
	TWO(Z8, Z9, Z24, Z25); TWO(Z10, Z11, Z26, Z27); TWO(Z12, Z13, Z28, Z29); TWO(Z14, Z15, Z30, Z31)
	FOUR(Z16, Z17, Z18, Z19, Z0, Z1, Z2, Z3)
	FOUR(Z20, Z21, Z22, Z23, Z4, Z5, Z6, Z7)
	FOUR(Z24, Z25, Z26, Z27, Z8, Z9, Z10, Z11)
	FOUR(Z28, Z29, Z30, Z31, Z12, Z13, Z14, Z15)
	LANES(Z0, Z4, Z8, Z12, Z16, Z17, Z18, Z19)
	LANES(Z1, Z5, Z9, Z13, Z20, Z21, Z22, Z23)
	LANES(Z2, Z6, Z10, Z14, Z24, Z25, Z26, Z27)
	LANES(Z3, Z7, Z11, Z15, Z28, Z29, Z30, Z31)
	STORE(Z0); STORE(Z1); STORE(Z2); STORE(Z3); STORE(Z4); STORE(Z5); STORE(Z6); STORE(Z7)
	STORE(Z8); STORE(Z9); STORE(Z10); STORE(Z11); STORE(Z12); STORE(Z13); STORE(Z14); STORE(Z15)

next:
	ADDQ $64, SI
	SUBQ $64, CX
	JGT  block
	VZEROUPPER
	RET

// LANES4 is z: 8 columns of the four rows at R9..R12, a row to a lane of 16 bytes.
#define LANES4(disp, x, z) \
	VMOVDQU      disp(R13)(R9*2), x         \
	VINSERTI32X4 $1, disp(R13)(R10*2), z, z \
	VINSERTI32X4 $2, disp(R13)(R11*2), z, z \
	VINSERTI32X4 $3, disp(R13)(R12*2), z, z

// ROWS4 is 16 columns of rows i, i+8, i+16 and i+24: of each row 8 to a lane of z0,
// 8 to one of z1.
#define ROWS4(i, x0, z0, x1, z1) \
	MOVLQSX 4*i(R8), R9        \
	MOVLQSX (4*i+32)(R8), R10  \
	MOVLQSX (4*i+64)(R8), R11  \
	MOVLQSX (4*i+96)(R8), R12  \
	LANES4(0, x0, z0)          \
	LANES4(16, x1, z1)

// PAIRS are rows i and i+1, i+8 and i+9, …: their pairs of columns 0..3, 4..7, 8..11
// and 12..15.
#define PAIRS(i, c0, c4, c8, c12) \
	ROWS4(i, X0, Z0, X1, Z1)     \
	ROWS4((i+1), X2, Z2, X3, Z3) \
	VPUNPCKLWD Z2, Z0, c0        \
	VPUNPCKHWD Z2, Z0, c4        \
	VPUNPCKLWD Z3, Z1, c8        \
	VPUNPCKHWD Z3, Z1, c12

// TURN4 stores 4 columns of 16 pairs; lane L of a has pair 4L of each, b, c and d those
// that follow.
#define TURN4(disp, a, b, c, d) \
	TWO(a, b, Z0, Z1)                      \
	TWO(c, d, Z2, Z3)                      \
	FOUR(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)   \
	VMOVUPS Z4, disp(DI)                   \
	VMOVUPS Z5, (disp+64)(DI)              \
	VMOVUPS Z6, (disp+128)(DI)             \
	VMOVUPS Z7, (disp+192)(DI)

// func packTurnedAVX512(dst, src *BF16, off *int32, steps int)
//
//	DI column of the panel   SI src   R8 offset of the first row of a step
//	CX steps left            DX halves of a step left
//	R13 column of src        R9..R12 rows of src
TEXT ·packTurnedAVX512(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ off+16(FP), R8
	MOVQ steps+24(FP), CX

step:
	MOVQ SI, R13
	MOVQ $2, DX

half:
	PAIRS(0, Z8, Z9, Z10, Z11)
	PAIRS(2, Z12, Z13, Z14, Z15)
	PAIRS(4, Z16, Z17, Z18, Z19)
	PAIRS(6, Z20, Z21, Z22, Z23)
	TURN4(0, Z8, Z12, Z16, Z20)
	TURN4(256, Z9, Z13, Z17, Z21)
	TURN4(512, Z10, Z14, Z18, Z22)
	TURN4(768, Z11, Z15, Z19, Z23)
	ADDQ $1024, DI
	ADDQ $32, R13
	DECQ DX
	JNZ  half
	ADDQ $128, R8
	DECQ CX
	JNZ  step
	VZEROUPPER
	RET

// func gatherRowsAVX512(dst, src unsafe.Pointer, off *int32, rows, ld, runs, run, step, tail, size int)
//
//	DI row of dst   R9  bytes to the next   BX piece of it   R11 bytes of a piece
//	SI src          R12 bytes from a piece  AX piece of it   R13 bytes of an element
//	R8 offset       to the next             K1 bytes of a piece, K2 of zeros
//	DX rows left    CX  pieces left         R10 pieces
TEXT ·gatherRowsAVX512(SB), NOSPLIT, $0-80
	MOVQ   dst+0(FP), DI
	MOVQ   src+8(FP), SI
	MOVQ   off+16(FP), R8
	MOVQ   rows+24(FP), DX
	MOVQ   ld+32(FP), R9
	MOVQ   runs+40(FP), R10
	MOVQ   run+48(FP), R11
	MOVQ   step+56(FP), R12
	MOVQ   tail+64(FP), CX
	MOVQ   size+72(FP), R13
	MOVQ   $-1, AX
	BZHIQ  R11, AX, BX              // 64: all
	KMOVQ  BX, K1
	BZHIQ  CX, AX, BX
	KMOVQ  BX, K2
	VPXORD Z1, Z1, Z1

gather:
	MOVLQSX (R8), AX
	IMULQ   R13, AX
	ADDQ    SI, AX
	MOVQ    DI, BX
	MOVQ    R10, CX

piece:
	VMOVDQU8.Z (AX), K1, Z0
	VMOVDQU8   Z0, K1, (BX)
	ADDQ       R12, AX
	ADDQ       R11, BX
	DECQ       CX
	JNZ        piece
	VMOVDQU8   Z1, K2, (BX)
	ADDQ       $4, R8
	ADDQ       R9, DI
	DECQ       DX
	JNZ        gather
	VZEROUPPER
	RET
