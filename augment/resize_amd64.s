//go:build !noasm

#include "textflag.h"

// R, G and B of four pixels, each in the order 0 2 1 3.
DATA  planes<>+0(SB)/8, $0x0A04070109030600
DATA  planes<>+8(SB)/8, $0x808080800B050802
DATA  planes<>+16(SB)/8, $0x0A04070109030600
DATA  planes<>+24(SB)/8, $0x808080800B050802
GLOBL planes<>(SB), RODATA|NOPTR, $32

// R, G and B of each of four rows from R R R R G G G G B B B B 0 0 0 0.
DATA  pixels<>+0(SB)/8, $0x0D0905010C080400
DATA  pixels<>+8(SB)/8, $0x0F0B07030E0A0602
DATA  pixels<>+16(SB)/8, $0x0D0905010C080400
DATA  pixels<>+24(SB)/8, $0x0F0B07030E0A0602
GLOBL pixels<>(SB), RODATA|NOPTR, $32

DATA  roundHalf<>+0(SB)/4, $0x00200000
GLOBL roundHalf<>(SB), RODATA|NOPTR, $4

DATA  evenBytes<>+0(SB)/4, $0x00FF00FF
GLOBL evenBytes<>(SB), RODATA|NOPTR, $4

// y = the planes of four pixels of rows i and i + 4
#define ROWS(i, x, y) \
	MOVQ        (i*8)(SI), R8             \
	MOVQ        (i*8+32)(SI), R9          \
	VMOVDQU     (R8)(AX*1), x             \
	VINSERTI128 $1, (R9)(AX*1), y, y      \
	VPSHUFB     Y8, y, y

// a pair of pixels and the next pair, one channel of eight rows
#define PAIRS(y, t, at) \
	VPAND   Y9, y, t         \
	VPSRLW  $8, y, y         \
	VMOVDQU t, at(DI)        \
	VMOVDQU y, (at+96)(DI)

// func packRowsAVX2(dst *int16, src *[8]*uint8, fours int)
//
// DI dst, SI src, CX groups of four pixels left, AX offset in a row, R8 and R9
// rows; Y8 planes, Y9 evenBytes.
TEXT ·packRowsAVX2(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         fours+16(FP), CX
	XORQ         AX, AX
	VMOVDQU      planes<>(SB), Y8
	VPBROADCASTD evenBytes<>(SB), Y9

four:
	ROWS(0, X0, Y0)
	ROWS(1, X1, Y1)
	ROWS(2, X2, Y2)
	ROWS(3, X3, Y3)
	VPUNPCKLDQ  Y1, Y0, Y4 // R R G G of rows 0 and 1
	VPUNPCKHDQ  Y1, Y0, Y0 // B B 0 0
	VPUNPCKLDQ  Y3, Y2, Y5
	VPUNPCKHDQ  Y3, Y2, Y2
	VPUNPCKLQDQ Y5, Y4, Y1 // R of rows 0 to 3, and in the upper lane 4 to 7
	VPUNPCKHQDQ Y5, Y4, Y4 // G
	VPUNPCKLQDQ Y2, Y0, Y0 // B
	PAIRS(Y1, Y5, 0)
	PAIRS(Y4, Y5, 32)
	PAIRS(Y0, Y5, 64)
	ADDQ        $192, DI
	ADDQ        $12, AX
	DECQ        CX
	JNZ         four
	VZEROUPPER
	RET

// lo, hi = a channel of two pixels by Y8, Y9
#define BEGIN(at, lo, hi) \
	VMOVDQU  at(AX), Y10   \
	VPMADDWD Y10, Y8, lo   \
	VPMADDWD Y10, Y9, hi

// lo, hi += a channel of two pixels by Y8, Y9
#define WEIGH(at, lo, hi) \
	VMOVDQU  at(AX), Y10   \
	VPMADDWD Y10, Y8, Y11  \
	VPMADDWD Y10, Y9, Y10  \
	VPADDD   Y11, lo, lo   \
	VPADDD   Y10, hi, hi

// lo = the integer part of the sum
#define FINISH(lo, hi) \
	VPSLLD $15, hi, hi \
	VPADDD hi, lo, lo  \
	VPADDD Y14, lo, lo \
	VPSRAD $22, lo, lo

// func resizeRowsAVX2(dst *uint8, stride int, src *int16, offset *int, words *int16, pairs, m int)
//
// DI dst, R10 dst behind four rows, R12 stride, R13 3·stride, R11 src, AX src of
// the output, BX offset, SI words, CX pairs left, DX outputs left; Y0–Y2 lower
// sums of R, G and B, Y4–Y6 upper ones, Y8 and Y9 coefficients, Y12 pixels, Y13
// 0, Y14 ½.
TEXT ·resizeRowsAVX2(SB), NOSPLIT, $0-56
	MOVQ         dst+0(FP), DI
	MOVQ         stride+8(FP), R12
	LEAQ         (R12)(R12*2), R13
	LEAQ         (DI)(R12*4), R10
	MOVQ         src+16(FP), R11
	MOVQ         offset+24(FP), BX
	MOVQ         words+32(FP), SI
	MOVQ         m+48(FP), DX
	VMOVDQU      pixels<>(SB), Y12
	VPXOR        Y13, Y13, Y13
	VPBROADCASTD roundHalf<>(SB), Y14

output:
	MOVQ         (BX), AX
	ADDQ         R11, AX
	MOVQ         pairs+40(FP), CX
	VPBROADCASTD (SI), Y8         // lower and upper words of 2 coefficients
	VPBROADCASTD 4(SI), Y9
	BEGIN(0, Y0, Y4)
	BEGIN(32, Y1, Y5)
	BEGIN(64, Y2, Y6)
	ADDQ         $8, SI
	DECQ         CX
	JZ           finish

pair:
	ADDQ         $96, AX
	VPBROADCASTD (SI), Y8
	VPBROADCASTD 4(SI), Y9
	WEIGH(0, Y0, Y4)
	WEIGH(32, Y1, Y5)
	WEIGH(64, Y2, Y6)
	ADDQ         $8, SI
	DECQ         CX
	JNZ          pair

finish:
	FINISH(Y0, Y4)
	FINISH(Y1, Y5)
	FINISH(Y2, Y6)
	VPACKSSDW    Y1, Y0, Y0       // clip to int16
	VPACKSSDW    Y13, Y2, Y2
	VPACKUSWB    Y2, Y0, Y0       // clip to uint8
	VPSHUFB      Y12, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VMOVD        X0, (DI)         // R, G, B and a 0 that the next output replaces
	VPEXTRD      $1, X0, (DI)(R12*1)
	VPEXTRD      $2, X0, (DI)(R12*2)
	VPEXTRD      $3, X0, (DI)(R13*1)
	VMOVD        X1, (R10)
	VPEXTRD      $1, X1, (R10)(R12*1)
	VPEXTRD      $2, X1, (R10)(R12*2)
	VPEXTRD      $3, X1, (R10)(R13*1)
	ADDQ         $3, DI
	ADDQ         $3, R10
	ADDQ         $8, BX
	DECQ         DX
	JNZ          output
	VZEROUPPER
	RET

// lo, hi = two rows of 8 bytes, interleaved in the words of x, by Y8, Y9
#define BEGINPAIR(x, lo, hi) \
	VPMADDWD Y8, x, lo \
	VPMADDWD Y9, x, hi

// lo, hi += the same
#define WEIGHPAIR(x, lo, hi) \
	VPMADDWD Y8, x, Y15   \
	VPMADDWD Y9, x, x     \
	VPADDD   Y15, lo, lo  \
	VPADDD   x, hi, hi

// Two rows, their bytes interleaved and widened, by the lower and upper words of
// two coefficients.
#define ROWPAIR(EACH) \
	VMOVDQU      (AX), Y10        \
	VMOVDQU      (AX)(R12*1), Y11 \
	VPBROADCASTD (BX), Y8         \
	VPBROADCASTD 4(BX), Y9        \
	VPUNPCKLBW   Y11, Y10, Y12    \
	VPUNPCKHBW   Y11, Y10, Y10    \
	VPUNPCKLBW   Y13, Y12, Y11    \
	VPUNPCKHBW   Y13, Y12, Y12    \
	EACH(Y11, Y0, Y4)             \
	EACH(Y12, Y1, Y5)             \
	VPUNPCKLBW   Y13, Y10, Y11    \
	VPUNPCKHBW   Y13, Y10, Y12    \
	EACH(Y11, Y2, Y6)             \
	EACH(Y12, Y3, Y7)             \
	LEAQ         (AX)(R12*2), AX  \
	ADDQ         $8, BX

// func resizeColumnsAVX2(dst, src *uint8, stride int, words *int16, pairs, blocks int)
//
// DI dst, SI src, R12 stride, R8 words, R9 pairs, DX blocks left, AX row in the
// block, BX words, CX pairs left; Y0–Y3 lower sums, Y4–Y7 upper ones, Y8 and Y9
// coefficients, Y13 0, Y14 ½.
TEXT ·resizeColumnsAVX2(SB), NOSPLIT, $0-48
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         stride+16(FP), R12
	MOVQ         words+24(FP), R8
	MOVQ         pairs+32(FP), R9
	MOVQ         blocks+40(FP), DX
	VPXOR        Y13, Y13, Y13
	VPBROADCASTD roundHalf<>(SB), Y14

block:
	MOVQ  SI, AX
	MOVQ  R8, BX
	MOVQ  R9, CX
	ROWPAIR(BEGINPAIR)
	DECQ  CX
	JZ    finish

pair:
	ROWPAIR(WEIGHPAIR)
	DECQ CX
	JNZ  pair

finish:
	FINISH(Y0, Y4)
	FINISH(Y1, Y5)
	FINISH(Y2, Y6)
	FINISH(Y3, Y7)
	VPACKSSDW Y1, Y0, Y0          // clip to int16
	VPACKSSDW Y3, Y2, Y2
	VPACKUSWB Y2, Y0, Y0          // clip to uint8
	VMOVDQU   Y0, (DI)
	ADDQ      $32, DI
	ADDQ      $32, SI
	DECQ      DX
	JNZ       block
	VZEROUPPER
	RET
