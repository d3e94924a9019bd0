//go:build !noasm

#include "textflag.h"

// Which block of four is in each quadword, so that unpacking orders them.
DATA  places<>+0(SB)/8, $0
DATA  places<>+8(SB)/8, $2
DATA  places<>+16(SB)/8, $1
DATA  places<>+24(SB)/8, $3
GLOBL places<>(SB), RODATA|NOPTR, $32

DATA  constants<>+0(SB)/4, $0xD2511F53  // m0
DATA  constants<>+4(SB)/4, $0xCD9E8D57  // m1
DATA  constants<>+8(SB)/4, $4
DATA  constants<>+12(SB)/4, $0x3F800000 // 1
GLOBL constants<>(SB), RODATA|NOPTR, $16

#define SAME(name, q) \
	DATA  name<>+0(SB)/8, $q;  \
	DATA  name<>+8(SB)/8, $q;  \
	DATA  name<>+16(SB)/8, $q; \
	DATA  name<>+24(SB)/8, $q; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

SAME(weyl0, 0x9E3779B99E3779B9)
SAME(weyl1, 0xBB67AE85BB67AE85)

// A round of four blocks. Each word is the lower half of a quadword, what is above
// it has no meaning. The new c1 is in t1, the new c3 in t0.
#define MIX(c0, c1, c2, c3, t0, t1) \
	VPMULUDQ Y12, c0, t0  \
	VPMULUDQ Y13, c2, t1  \
	VPSRLQ   $32, t1, c0  \
	VPSRLQ   $32, t0, c2  \
	VPXOR    c1, c0, c0   \
	VPXOR    c3, c2, c2   \
	VPXOR    Y14, c0, c0  \
	VPXOR    Y15, c2, c2

#define BUMP \
	VPADDD weyl0<>(SB), Y14, Y14 \
	VPADDD weyl1<>(SB), Y15, Y15

// Two rounds of eight blocks.
#define ROUNDS \
	MIX(Y0, Y1, Y2, Y3, Y4, Y5)    \
	MIX(Y6, Y7, Y8, Y9, Y10, Y11)  \
	BUMP                           \
	MIX(Y0, Y5, Y2, Y4, Y3, Y1)    \
	MIX(Y6, Y11, Y8, Y10, Y9, Y7)  \
	BUMP

// 16 elements from the words c0 to c3 of four blocks: Y12 below − 1, Y13 1.
#define ELEMENTS(c0, c1, c2, c3, at) \
	VPSLLQ      $32, c1, c1        \
	VPSLLQ      $32, c3, c3        \
	VPBLENDD    $0xAA, c1, c0, c0  \
	VPBLENDD    $0xAA, c3, c2, c2  \
	VPUNPCKLQDQ c2, c0, c1         \
	VPUNPCKHQDQ c2, c0, c3         \
	VPMINUD     Y12, c1, c0        \
	VPMINUD     Y12, c3, c2        \
	VPCMPEQD    c0, c1, c1         \
	VPCMPEQD    c2, c3, c3         \
	VPAND       Y13, c1, c1        \
	VPAND       Y13, c3, c3        \
	VMOVDQU     c1, at(DI)         \
	VMOVDQU     c3, (at+32)(DI)

// func bernoulliAVX2(dst *float32, n int, ctr *[4]uint32, key *[2]uint32, below uint32)
//
// DI dst, CX eights of blocks left, SI ctr, DX key, R8 below − 1, R9 ctr[0], R10
// constants; Y0–Y3 and Y6–Y9 the words of two times four blocks, Y12 and Y13 the
// multipliers, Y14 and Y15 the round's keys.
TEXT ·bernoulliAVX2(SB), NOSPLIT, $0-36
	MOVQ dst+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ ctr+16(FP), SI
	MOVQ key+24(FP), DX
	MOVL below+32(FP), R8
	DECL R8
	MOVL (SI), R9
	LEAQ constants<>(SB), R10

eight:
	VMOVD        R9, X0
	VPBROADCASTD X0, Y0
	VPBROADCASTD 8(R10), Y6
	VPADDD       places<>(SB), Y0, Y0 // c0 = ctr[0] + number of the block
	VPADDD       Y6, Y0, Y6
	VPBROADCASTD 4(SI), Y1
	VPBROADCASTD 8(SI), Y2
	VPBROADCASTD 12(SI), Y3
	VMOVDQU      Y1, Y7
	VMOVDQU      Y2, Y8
	VMOVDQU      Y3, Y9
	VPBROADCASTD (R10), Y12
	VPBROADCASTD 4(R10), Y13
	VPBROADCASTD (DX), Y14
	VPBROADCASTD 4(DX), Y15
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS
	ROUNDS

	VMOVD        R8, X12
	VPBROADCASTD X12, Y12
	VPBROADCASTD 12(R10), Y13
	ELEMENTS(Y0, Y1, Y2, Y3, 0)
	ELEMENTS(Y6, Y7, Y8, Y9, 64)
	ADDQ         $128, DI
	ADDL         $8, R9
	DECQ         CX
	JNZ          eight
	VZEROUPPER
	RET
