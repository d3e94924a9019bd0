//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"

// Loops over rows of channels in AVX-512, 16 channels at a time and the rest
// under the mask K1. Every loop stands once, as a macro, and is instantiated for
// float32 and BF16, which differ in how elements are addressed (AT), loaded (LD)
// and rounded and stored (ST); the form with K works under K1. Arithmetic is
// float32.
//
//	AX  channel                  DX  rows left
//	BX  last whole vector        CX  channels
//	DI  dst or acc               SI R8  elements
//	R9 R10 R11 per-channel numbers

// acc += x
#define ADDTO(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)         \
	LDC(CHANNELS(DI), Z1)  \
	VADDPS Z0, Z1, Z1      \
	STC(Z1, CHANNELS(DI))

// acc += (x − mean)²
#define ADDSQTO(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)             \
	LDC(CHANNELS(R9), Z2)      \
	LDC(CHANNELS(DI), Z1)      \
	VSUBPS      Z2, Z0, Z0     \
	VFMADD231PS Z0, Z0, Z1     \
	STC(Z1, CHANNELS(DI))

// acc += dy·(x − mean)
#define ADDPRODTO(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)             \
	LD(AT(R8), Z3)             \
	LDC(CHANNELS(R9), Z2)      \
	LDC(CHANNELS(DI), Z1)      \
	VSUBPS      Z2, Z0, Z0     \
	VFMADD231PS Z3, Z0, Z1     \
	STC(Z1, CHANNELS(DI))

// dst = max(x·scale + shift, Z27); the order of VMAXPS keeps NaN
#define SCALESHIFT(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)             \
	LDC(CHANNELS(R9), Z1)      \
	LDC(CHANNELS(R10), Z2)     \
	VFMADD213PS Z2, Z1, Z0     \
	VMAXPS      Z0, Z27, Z0    \
	ST(Z0, AT(DI))

// dst = a·dy + (b·x + c)
#define AFFINE(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)             \
	LD(AT(R8), Z3)             \
	LDC(CHANNELS(R9), Z4)      \
	LDC(CHANNELS(R10), Z1)     \
	LDC(CHANNELS(R11), Z2)     \
	VFMADD213PS Z2, Z1, Z0     \
	VFMADD231PS Z3, Z4, Z0     \
	ST(Z0, AT(DI))

// dst = dy where y > 0, else 0
#define RELUMASK(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)                   \
	LD(AT(R8), Z3)                   \
	VCMPPS    $0x1E, Z27, Z0, K2     \
	VMOVAPS.Z Z3, K2, Z3             \
	ST(Z3, AT(DI))

// dst = x + y
#define ADD(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)     \
	LD(AT(R8), Z3)     \
	VADDPS Z3, Z0, Z0  \
	ST(Z0, AT(DI))

// dst = float32(src)
#define WIDEN(LD, ST, LDC, STC) \
	LD(AT(SI), Z0)         \
	STC(Z0, CHANNELS(DI))

// dst = E(src)
#define NARROW(LD, ST, LDC, STC) \
	LDC(CHANNELS(SI), Z0)  \
	ST(Z0, AT(DI))

// func(acc *float32, x *E, rows, n int)
#define ADDTOROWS \
	MOVQ acc+0(FP), DI    \
	MOVQ x+8(FP), SI      \
	MOVQ rows+16(FP), DX  \
	MOVQ n+24(FP), CX     \
	EACH(ADDTO, NEXT(SI))

// func(acc *float32, x *E, mean *float32, rows, n int)
#define ADDSQTOROWS \
	MOVQ acc+0(FP), DI    \
	MOVQ x+8(FP), SI      \
	MOVQ mean+16(FP), R9  \
	MOVQ rows+24(FP), DX  \
	MOVQ n+32(FP), CX     \
	EACH(ADDSQTO, NEXT(SI))

// func(acc *float32, dy, x *E, mean *float32, rows, n int)
#define ADDPRODTOROWS \
	MOVQ acc+0(FP), DI    \
	MOVQ dy+8(FP), R8     \
	MOVQ x+16(FP), SI     \
	MOVQ mean+24(FP), R9  \
	MOVQ rows+32(FP), DX  \
	MOVQ n+40(FP), CX     \
	EACH(ADDPRODTO, NEXT(SI); NEXT(R8))

// func(dst, x *E, scale, shift *float32, rows, n int, least float32)
#define SCALESHIFTROWS \
	SETUP                            \
	MOVQ         dst+0(FP), DI       \
	MOVQ         x+8(FP), SI         \
	MOVQ         scale+16(FP), R9    \
	MOVQ         shift+24(FP), R10   \
	MOVQ         rows+32(FP), DX     \
	MOVQ         n+40(FP), CX        \
	VBROADCASTSS least+48(FP), Z27   \
	EACH(SCALESHIFT, NEXT(SI); NEXT(DI))

// func(dst, dy, x *E, a, b, c *float32, rows, n int)
#define AFFINEROWS \
	SETUP                  \
	MOVQ dst+0(FP), DI     \
	MOVQ dy+8(FP), R8      \
	MOVQ x+16(FP), SI      \
	MOVQ a+24(FP), R9      \
	MOVQ b+32(FP), R10     \
	MOVQ c+40(FP), R11     \
	MOVQ rows+48(FP), DX   \
	MOVQ n+56(FP), CX      \
	EACH(AFFINE, NEXT(SI); NEXT(R8); NEXT(DI))

// func(dst, dy, y *E, n int)
#define RELUMASKALL \
	SETUP                \
	MOVQ   dst+0(FP), DI \
	MOVQ   dy+8(FP), R8  \
	MOVQ   y+16(FP), SI  \
	MOVQ   n+24(FP), CX  \
	MOVQ   $1, DX        \
	VPXORD Z27, Z27, Z27 \
	EACH(RELUMASK, NOP)

// func(dst, x, y *E, n int)
#define ADDALL \
	SETUP              \
	MOVQ dst+0(FP), DI \
	MOVQ x+8(FP), SI   \
	MOVQ y+16(FP), R8  \
	MOVQ n+24(FP), CX  \
	MOVQ $1, DX        \
	EACH(ADD, NOP)

// float32

#define AT(r) (r)(AX*4)
#define NEXT(r) LEAQ (r)(CX*4), r
#define LD LDF
#define LDK LDFK
#define ST STF
#define STK STFK
#define SETUP

TEXT ·addToF32AVX512(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·addSqToF32AVX512(SB), NOSPLIT, $0-40
	ADDSQTOROWS

TEXT ·addProdToF32AVX512(SB), NOSPLIT, $0-48
	ADDPRODTOROWS

TEXT ·scaleShiftF32AVX512(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineF32AVX512(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskF32AVX512(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addF32AVX512(SB), NOSPLIT, $0-32
	ADDALL

#undef AT
#undef NEXT
#undef LD
#undef LDK
#undef ST
#undef STK
#undef SETUP

// BF16

#define SETUP ROUNDING
#define AT(r) (r)(AX*2)
#define NEXT(r) LEAQ (r)(CX*2), r
#define LD(mem, z) VPMOVZXWD mem, z; VPSLLD $16, z, z
#define LDK(mem, z) VPMOVZXWD.Z mem, K1, z; VPSLLD $16, z, z
#define ST(z, mem) ROUND(z); VPMOVDW Z29, mem
#define STK(z, mem) ROUND(z); VPMOVDW Z29, K1, mem

TEXT ·addToBF16AVX512(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·addSqToBF16AVX512(SB), NOSPLIT, $0-40
	ADDSQTOROWS

TEXT ·addProdToBF16AVX512(SB), NOSPLIT, $0-48
	ADDPRODTOROWS

TEXT ·scaleShiftBF16AVX512(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineBF16AVX512(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskBF16AVX512(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addBF16AVX512(SB), NOSPLIT, $0-32
	ADDALL

// func widenBF16AVX512(dst *float32, src *BF16, n int)
TEXT ·widenBF16AVX512(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ $1, DX
	EACH(WIDEN, NOP)

// func narrowBF16AVX512(dst *BF16, src *float32, n int)
TEXT ·narrowBF16AVX512(SB), NOSPLIT, $0-24
	ROUNDING
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ $1, DX
	EACH(NARROW, NOP)
