// Loops over rows of channels, written once for vectors V0..V7 of either width.
// Before including it, a file names the vectors; after it, and for each kind of
// elements, it defines how they are addressed (AT), how a pointer to them moves to
// the next row (NEXT) and what rounding needs (SETUP). EACH is the loop over
// channels and rows, which calls a body with loads and stores of elements (LD,
// ST) and of float32 (LDC, STC); KEEP(x, y) clears x where y > 0 is not true.
//
//	AX  channel                  DX  rows left
//	DI  dst or acc               CX  channels
//	SI R8  elements              R9 R10 R11 per-channel numbers

#define CHANNELS(r) (r)(AX*4)

// acc += x
#define ADDTO(LD, ST, LDC, STC) \
	LD(AT(SI), V0)         \
	LDC(CHANNELS(DI), V1)  \
	VADDPS V0, V1, V1      \
	STC(V1, CHANNELS(DI))

// dst = max(x·scale + shift, V7); the order of VMAXPS keeps NaN
#define SCALESHIFT(LD, ST, LDC, STC) \
	LD(AT(SI), V0)             \
	LDC(CHANNELS(R9), V1)      \
	LDC(CHANNELS(R10), V2)     \
	VFMADD213PS V2, V1, V0     \
	VMAXPS      V0, V7, V0     \
	ST(V0, AT(DI))

// dst = a·dy + (b·x + c)
#define AFFINE(LD, ST, LDC, STC) \
	LD(AT(SI), V0)             \
	LD(AT(R8), V3)             \
	LDC(CHANNELS(R9), V4)      \
	LDC(CHANNELS(R10), V1)     \
	LDC(CHANNELS(R11), V2)     \
	VFMADD213PS V2, V1, V0     \
	VFMADD231PS V3, V4, V0     \
	ST(V0, AT(DI))

// dst = dy where y > 0, else 0
#define RELUMASK(LD, ST, LDC, STC) \
	LD(AT(SI), V0)   \
	LD(AT(R8), V3)   \
	KEEP(V3, V0)     \
	ST(V3, AT(DI))

// dst = x + y
#define ADD(LD, ST, LDC, STC) \
	LD(AT(SI), V0)     \
	LD(AT(R8), V3)     \
	VADDPS V3, V0, V0  \
	ST(V0, AT(DI))

// dst = float32(src)
#define WIDEN(LD, ST, LDC, STC) \
	LD(AT(SI), V0)         \
	STC(V0, CHANNELS(DI))

// dst = E(src)
#define NARROW(LD, ST, LDC, STC) \
	LDC(CHANNELS(SI), V0)  \
	ST(V0, AT(DI))

// func(acc *float32, x *E, rows, n int)
#define ADDTOROWS \
	MOVQ acc+0(FP), DI    \
	MOVQ x+8(FP), SI      \
	MOVQ rows+16(FP), DX  \
	MOVQ n+24(FP), CX     \
	EACH(ADDTO, NEXT(SI))

// func(dst, x *E, scale, shift *float32, rows, n int, least float32)
#define SCALESHIFTROWS \
	SETUP                            \
	MOVQ         dst+0(FP), DI       \
	MOVQ         x+8(FP), SI         \
	MOVQ         scale+16(FP), R9    \
	MOVQ         shift+24(FP), R10   \
	MOVQ         rows+32(FP), DX     \
	MOVQ         n+40(FP), CX        \
	VBROADCASTSS least+48(FP), V7    \
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
	VXORPS V7, V7, V7    \
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

// func(dst *float32, src *E, n int)
#define WIDENALL \
	MOVQ dst+0(FP), DI \
	MOVQ src+8(FP), SI \
	MOVQ n+16(FP), CX  \
	MOVQ $1, DX        \
	EACH(WIDEN, NOP)

// func(dst *E, src *float32, n int)
#define NARROWALL \
	SETUP              \
	MOVQ dst+0(FP), DI \
	MOVQ src+8(FP), SI \
	MOVQ n+16(FP), CX  \
	MOVQ $1, DX        \
	EACH(NARROW, NOP)
