//go:build !noasm

#include "textflag.h"
#include "macros256_amd64.h"

// The loops of rows_amd64.h that set BF16, in AVX2, 16 channels at a time; their
// number is a multiple of 16. The channels are in two registers, so that they are
// widened and packed again within the halves of a register:
//
//	Y0  channels 0 to 3, 8 to 11      Y1  channels 4 to 7, 12 to 15
//	Y2 Y3 and Y4 Y5 the same of other operands
//	Y6  0x7f81: above infinity        Y7  the least result, or 0
//	Y10 zero                          Y8 Y9, Y11 to Y15 rounding

#define V7 Y7

#include "rows_amd64.h"
#include "store256_amd64.h"

#define AT(r) (r)(AX*2)
#define NEXT(r) LEAQ (r)(CX*2), r

#define SETUP \
	ROUNDING               \
	MOVQ $0x7f81, AX       \
	VMOVQ AX, X6           \
	VPBROADCASTW X6, Y6    \
	VPXOR Y10, Y10, Y10

// EACH ends with what ROUND leaves for NaN.
#define EACH(body, next) \
	ALL(body, next)  \
nan:                 \
	ROUNDUP(Y0, Y8)  \
	ROUNDUP(Y1, Y9)  \
	JMP rounded

#define ALL(body, next) \
row:               \
	XORQ AX, AX    \
vector:            \
	body           \
	ADDQ $16, AX   \
	CMPQ AX, CX    \
	JLT  vector    \
	next           \
	DECQ DX        \
	JNZ  row       \
	VZEROUPPER     \
	RET

// WIDE loads 16 elements.
#define WIDE(mem, lo, hi) \
	VMOVUPS    mem, hi      \
	VPUNPCKLWD hi, Y10, lo  \
	VPUNPCKHWD hi, Y10, hi

// WIDEC loads 16 numbers of channels into registers X and Y.
#define WIDEC(r, xlo, lo, xhi, hi) \
	VMOVUPS     (r)(AX*4), xlo              \
	VMOVUPS     16(r)(AX*4), xhi            \
	VINSERTF128 $1, 32(r)(AX*4), lo, lo     \
	VINSERTF128 $1, 48(r)(AX*4), hi, hi

// ROUND stores Y0 and Y1.
#define ROUND \
	VCMPPS    $3, Y1, Y0, Y11  \
	ROUNDNUM(Y0, Y8)           \
	ROUNDNUM(Y1, Y9)           \
	VMOVMSKPS Y11, BX          \
	TESTL     BX, BX           \
	JNE       nan              \
rounded:                       \
	VPSRLD    $16, Y8, Y8      \
	VPSRLD    $16, Y9, Y9      \
	VPACKUSDW Y9, Y8, Y8       \
	VMOVUPS   Y8, AT(DI)

#undef SCALESHIFT
#define SCALESHIFT \
	WIDE(AT(SI), Y0, Y1)          \
	WIDEC(R9, X2, Y2, X3, Y3)     \
	WIDEC(R10, X4, Y4, X5, Y5)    \
	VFMADD213PS Y4, Y2, Y0        \
	VFMADD213PS Y5, Y3, Y1        \
	VMAXPS      Y0, Y7, Y0        \
	VMAXPS      Y1, Y7, Y1        \
	ROUND

#undef AFFINE
#define AFFINE \
	WIDE(AT(SI), Y0, Y1)          \
	WIDEC(R10, X2, Y2, X3, Y3)    \
	WIDEC(R11, X4, Y4, X5, Y5)    \
	VFMADD213PS Y4, Y2, Y0        \
	VFMADD213PS Y5, Y3, Y1        \
	WIDE(AT(R8), Y2, Y3)          \
	WIDEC(R9, X4, Y4, X5, Y5)     \
	VFMADD231PS Y2, Y4, Y0        \
	VFMADD231PS Y3, Y5, Y1        \
	ROUND

// As integers positive numbers lie between 0 and NaN: nothing is widened.
#undef RELUMASK
#define RELUMASK \
	VMOVUPS  AT(SI), Y0         \
	VPCMPGTW Y7, Y0, Y1         \
	VPCMPGTW Y0, Y6, Y2         \
	VPAND    Y2, Y1, Y1         \
	VPAND    AT(R8), Y1, Y1     \
	VMOVUPS  Y1, AT(DI)

#undef ADD
#define ADD \
	WIDE(AT(SI), Y0, Y1)   \
	WIDE(AT(R8), Y2, Y3)   \
	VADDPS Y2, Y0, Y0      \
	VADDPS Y3, Y1, Y1      \
	ROUND

#undef NARROW
#define NARROW \
	WIDEC(SI, X0, Y0, X1, Y1)  \
	ROUND

// max(c + bias + add, V7); bias and add may be nil
#define STORE \
	WIDEC(SI, X0, Y0, X1, Y1)  \
	TESTQ  R9, R9              \
	JEQ    residual            \
	WIDEC(R9, X2, Y2, X3, Y3)  \
	VADDPS Y2, Y0, Y0          \
	VADDPS Y3, Y1, Y1          \
residual:                      \
	TESTQ  R8, R8              \
	JEQ    store               \
	WIDE(AT(R8), Y2, Y3)       \
	VADDPS Y2, Y0, Y0          \
	VADDPS Y3, Y1, Y1          \
store:                         \
	VMAXPS Y0, Y7, Y0          \
	VMAXPS Y1, Y7, Y1          \
	ROUND

TEXT ·scaleShiftBF16AVX2(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineBF16AVX2(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·addBF16AVX2(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·narrowBF16AVX2(SB), NOSPLIT, $0-24
	NARROWALL

TEXT ·storeBF16AVX2(SB), NOSPLIT, $0-76
	STOREROWS

#undef EACH
#define EACH ALL

TEXT ·reluMaskBF16AVX2(SB), NOSPLIT, $0-32
	RELUMASKALL
