//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"

// Loops over float32 in AVX-512, built like those of rows512_amd64.s with one
// row. Constants are memory operands, broadcast.

#define AT(r) (r)(AX*4)
#define LD LDF
#define LDK LDFK
#define ST STF
#define STK STFK

// Z10 = max(Z10, x), K3 where an x was NaN. The tail starts from Z10, so lanes
// off the mask change nothing.
#define FROMX(mem, z) VMOVUPS mem, z
#define FROMXK(mem, z) VMOVAPS Z10, z; VMOVUPS mem, K1, z
#undef LDK
#define LDK FROMXK
#define MAXBODY(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)            \
	VCMPPS $3, Z0, Z0, K2     \
	KORW   K2, K3, K3         \
	VMAXPS Z0, Z10, Z10

DATA inf<>+0(SB)/4, $0xff800000
DATA inf<>+4(SB)/4, $0x7fc00000 // NaN
GLOBL inf<>(SB), RODATA|NOPTR, $8

// func maxAVX512(part *[16]float32, x *float32, n int)
TEXT ·maxAVX512(SB), NOSPLIT, $0-24
	MOVQ         part+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVQ         $1, DX
	VBROADCASTSS inf<>+0(SB), Z10
	KXORW        K3, K3, K3
	LOOP(MAXBODY, NOP)
	VBROADCASTSS inf<>+4(SB), K3, Z10
	VMOVUPS      Z10, (DI)
	VZEROUPPER
	RET

#undef LDK
#define LDK LDFK

// Z10 and Z11 += x·y in float64
#define DOTBODY(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)               \
	LD(AT(R8), Z2)               \
	VEXTRACTF32X8 $1, Z0, Y1     \
	VEXTRACTF32X8 $1, Z2, Y3     \
	VCVTPS2PD     Y0, Z0         \
	VCVTPS2PD     Y1, Z1         \
	VCVTPS2PD     Y2, Z2         \
	VCVTPS2PD     Y3, Z3         \
	VFMADD231PD   Z0, Z2, Z10    \
	VFMADD231PD   Z1, Z3, Z11

// func dotAVX512(part *[8]float64, x, y *float32, n int)
TEXT ·dotAVX512(SB), NOSPLIT, $0-32
	MOVQ    part+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    y+16(FP), R8
	MOVQ    n+24(FP), CX
	MOVQ    $1, DX
	VPXORD  Z10, Z10, Z10
	VPXORD  Z11, Z11, Z11
	LOOP(DOTBODY, NOP)
	VADDPD  Z11, Z10, Z10
	VMOVUPD Z10, (DI)
	VZEROUPPER
	RET

// y += a·x
#define AXPYBODY(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)             \
	LD(AT(DI), Z1)             \
	VFMADD231PS Z0, Z10, Z1    \
	ST(Z1, AT(DI))

// func axpyAVX512(y, x *float32, n int, a float32)
TEXT ·axpyAVX512(SB), NOSPLIT, $0-28
	MOVQ         y+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS a+24(FP), Z10
	MOVQ         $1, DX
	EACH(AXPYBODY, NOP)

// dst = a·x
#define SCALEBODY(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)        \
	VMULPS Z0, Z10, Z0    \
	ST(Z0, AT(DI))

// func scaleAVX512(dst, x *float32, n int, a float32)
TEXT ·scaleAVX512(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS a+24(FP), Z10
	MOVQ         $1, DX
	EACH(SCALEBODY, NOP)

// Adam, see AdamStep; Z20..Z27 are the fields of adamFactors in order.
#define ADAMBODY(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)               \
	LD(AT(DI), Z1)               \
	LD(AT(R8), Z2)               \
	LD(AT(R9), Z3)               \
	VFMADD231PS Z1, Z20, Z0      \
	VMULPS      Z21, Z2, Z2      \
	VFMADD231PS Z0, Z22, Z2      \
	VMULPS      Z23, Z3, Z3      \
	VMULPS      Z0, Z0, Z0       \
	VFMADD231PS Z0, Z24, Z3      \
	ST(Z2, AT(R8))               \
	ST(Z3, AT(R9))               \
	VSQRTPS     Z3, Z3           \
	VFMADD213PS Z27, Z26, Z3     \
	VMULPS      Z25, Z2, Z2      \
	VDIVPS      Z3, Z2, Z2       \
	VSUBPS      Z2, Z1, Z1       \
	ST(Z1, AT(DI))

// func adamAVX512(w, m, v, grad *float32, n int, f *adamFactors)
TEXT ·adamAVX512(SB), NOSPLIT, $0-48
	MOVQ         w+0(FP), DI
	MOVQ         m+8(FP), R8
	MOVQ         v+16(FP), R9
	MOVQ         grad+24(FP), SI
	MOVQ         n+32(FP), CX
	MOVQ         f+40(FP), R10
	VBROADCASTSS (R10), Z20   // weight decay
	VBROADCASTSS 4(R10), Z21  // β1
	VBROADCASTSS 8(R10), Z22  // 1 − β1
	VBROADCASTSS 12(R10), Z23 // β2
	VBROADCASTSS 16(R10), Z24 // 1 − β2
	VBROADCASTSS 20(R10), Z25 // rate
	VBROADCASTSS 24(R10), Z26 // 1/√(1 − β2^t)
	VBROADCASTSS 28(R10), Z27 // ε
	MOVQ         $1, DX
	EACH(ADAMBODY, NOP)
