//go:build !noasm

#include "textflag.h"
#include "math256_amd64.h"

// Loops over float32 in AVX2 and FMA, any number of elements.

// Y10 = max(Y10, x), Y11 where an x was NaN. Off the mask x is Y10, which changes
// nothing.
#define LDMAX(mem, y) LDM(mem, y); VBLENDVPS Y15, y, Y10, y
#define MAXBODY(LD, ST) \
	LD(AT(SI), Y0)       \
	VCMPPS $3, Y0, Y0, Y1 \
	VORPS  Y1, Y11, Y11  \
	VMAXPS Y0, Y10, Y10

// func maxAVX2(part *[8]float32, x *float32, n int)
TEXT ·maxAVX2(SB), NOSPLIT, $0-24
	MOVQ      part+0(FP), DI
	MOVQ      x+8(FP), SI
	MOVQ      n+16(FP), CX
	VMOVUPS   MINUSINF, Y10
	VXORPS    Y11, Y11, Y11
	EACH(MAXBODY, LDMAX, STM)
	VBLENDVPS Y11, NAN, Y10, Y10
	VMOVUPS   Y10, (DI)
	VZEROUPPER
	RET

// Y10 and Y11 += x·y in float64, four each; off the mask x and y are zero.
#define DOTBODY(LD, ST) \
	LD(AT(SI), Y0)              \
	LD(AT(R8), Y2)              \
	VEXTRACTF128 $1, Y0, X1     \
	VEXTRACTF128 $1, Y2, X3     \
	VCVTPS2PD   X0, Y0          \
	VCVTPS2PD   X1, Y1          \
	VCVTPS2PD   X2, Y2          \
	VCVTPS2PD   X3, Y3          \
	VFMADD231PD Y0, Y2, Y10     \
	VFMADD231PD Y1, Y3, Y11

// func dotAVX2(part *[8]float64, x, y *float32, n int)
TEXT ·dotAVX2(SB), NOSPLIT, $0-32
	MOVQ    part+0(FP), DI
	MOVQ    x+8(FP), SI
	MOVQ    y+16(FP), R8
	MOVQ    n+24(FP), CX
	VXORPD  Y10, Y10, Y10
	VXORPD  Y11, Y11, Y11
	EACH(DOTBODY, LDM, STM)
	VMOVUPD Y10, (DI)
	VMOVUPD Y11, 32(DI)
	VZEROUPPER
	RET

// y += a·x
#define AXPYBODY(LD, ST) \
	LD(AT(SI), Y0)            \
	LD(AT(DI), Y1)            \
	VFMADD231PS Y0, Y10, Y1   \
	ST(Y1, AT(DI))

// func axpyAVX2(y, x *float32, n int, a float32)
TEXT ·axpyAVX2(SB), NOSPLIT, $0-28
	MOVQ         y+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS a+24(FP), Y10
	MAP(AXPYBODY)

// dst = a·x
#define SCALEBODY(LD, ST) \
	LD(AT(SI), Y0)       \
	VMULPS Y0, Y10, Y0   \
	ST(Y0, AT(DI))

// func scaleAVX2(dst, x *float32, n int, a float32)
TEXT ·scaleAVX2(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         x+8(FP), SI
	MOVQ         n+16(FP), CX
	VBROADCASTSS a+24(FP), Y10
	MAP(SCALEBODY)

// Adam, see AdamStep; Y6..Y13 are the fields of adamFactors in order.
#define ADAMBODY(LD, ST) \
	LD(AT(SI), Y0)               \
	LD(AT(DI), Y1)               \
	LD(AT(R8), Y2)               \
	LD(AT(R9), Y3)               \
	VFMADD231PS Y1, Y6, Y0       \ // g' = g + decay·w
	VMULPS      Y7, Y2, Y2       \ // m = β1·m + (1 − β1)·g'
	VFMADD231PS Y0, Y8, Y2       \
	VMULPS      Y9, Y3, Y3       \ // v = β2·v + (1 − β2)·g'²
	VMULPS      Y0, Y0, Y0       \
	VFMADD231PS Y0, Y10, Y3      \
	ST(Y2, AT(R8))               \
	ST(Y3, AT(R9))               \
	VSQRTPS     Y3, Y3           \ // w −= rate·m / (root·√v + ε)
	VFMADD213PS Y13, Y12, Y3     \
	VMULPS      Y11, Y2, Y2      \
	VDIVPS      Y3, Y2, Y2       \
	VSUBPS      Y2, Y1, Y1       \
	ST(Y1, AT(DI))

// func adamAVX2(w, m, v, grad *float32, n int, f *adamFactors)
TEXT ·adamAVX2(SB), NOSPLIT, $0-48
	MOVQ         w+0(FP), DI
	MOVQ         m+8(FP), R8
	MOVQ         v+16(FP), R9
	MOVQ         grad+24(FP), SI
	MOVQ         n+32(FP), CX
	MOVQ         f+40(FP), R10
	VBROADCASTSS (R10), Y6    // weight decay
	VBROADCASTSS 4(R10), Y7   // β1
	VBROADCASTSS 8(R10), Y8   // 1 − β1
	VBROADCASTSS 12(R10), Y9  // β2
	VBROADCASTSS 16(R10), Y10 // 1 − β2
	VBROADCASTSS 20(R10), Y11 // rate
	VBROADCASTSS 24(R10), Y12 // root
	VBROADCASTSS 28(R10), Y13 // ε
	MAP(ADAMBODY)

// func addRowsAVX2(dst *float32, off *int32, src *float32, ld, rows, n int)
//
//	AX  column         CX  n             BX  n − 8, R12 n − 32
//	DI  dst            R8  off           R11 dst + off[i]
//	SI  src[i·ld:]     R9  ld in bytes   DX  rows left
//	Y15 mask of the last n mod 8
TEXT ·addRowsAVX2(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ off+8(FP), R8
	MOVQ src+16(FP), SI
	MOVQ ld+24(FP), R9
	MOVQ rows+32(FP), DX
	MOVQ n+40(FP), CX
	SHLQ $2, R9
	LEAQ -8(CX), BX
	LEAQ -32(CX), R12
	MOVQ CX, R10
	ANDQ $7, CX
	MASK
	MOVQ R10, CX

row:
	MOVLQSX (R8), R11          // off[i]
	LEAQ    (DI)(R11*4), R11
	XORQ    AX, AX

four:
	CMPQ    AX, R12            // four vectors
	JGT     one
	VMOVUPS AT(SI), Y0
	VMOVUPS 32(SI)(AX*4), Y1
	VMOVUPS 64(SI)(AX*4), Y2
	VMOVUPS 96(SI)(AX*4), Y3
	VADDPS  AT(R11), Y0, Y0
	VADDPS  32(R11)(AX*4), Y1, Y1
	VADDPS  64(R11)(AX*4), Y2, Y2
	VADDPS  96(R11)(AX*4), Y3, Y3
	VMOVUPS Y0, AT(R11)
	VMOVUPS Y1, 32(R11)(AX*4)
	VMOVUPS Y2, 64(R11)(AX*4)
	VMOVUPS Y3, 96(R11)(AX*4)
	ADDQ    $32, AX
	JMP     four

one:
	CMPQ    AX, BX             // one
	JGT     tail
	VMOVUPS AT(SI), Y0
	VADDPS  AT(R11), Y0, Y0
	VMOVUPS Y0, AT(R11)
	ADDQ    $8, AX
	JMP     one

tail:
	CMPQ    AX, CX             // and less
	JGE     next
	LDM(AT(SI), Y0)
	LDM(AT(R11), Y1)
	VADDPS  Y1, Y0, Y0
	STM(Y0, AT(R11))

next:
	ADDQ $4, R8
	ADDQ R9, SI
	DECQ DX
	JNZ  row
	VZEROUPPER
	RET
