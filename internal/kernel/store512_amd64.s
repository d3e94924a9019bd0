//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"
#include "dot512_amd64.h"

// The epilogue of a product in AVX-512: rows of at most 32 columns, in two
// halves of 16 under the masks K1 and K2. The TEXTs at the end differ in how
// the residual is loaded (LD) and the result rounded and stored (ST).
//
//	DI  row of dst     R8  bytes between rows of dst
//	SI  row of c       R9  bytes between rows of c
//	R10 row of add     R11 bytes between rows of add
//	DX  rows left      CX  columns
//	Z24 Z25 bias       Z27 the least result: 0 or −Inf
//	K1 K2 columns      K4 K5 columns of add, none without add
//
// Without add R10 points into c all the same: a load from address 0 with an
// empty mask is right but takes hundreds of cycles on Zen 4.

// STOREROWS is the body of
//
//	func(dst *E, ldd int, c *float32, ldc, m, n int, bias *float32, add *E, ldadd int, least float32)
//
// with ldd, ldc and ldadd in bytes, bias and add nil or not.
#define STOREROWS \
	MOVQ         dst+0(FP), DI      \
	MOVQ         ldd+8(FP), R8      \
	MOVQ         c+16(FP), SI       \
	MOVQ         ldc+24(FP), R9     \
	MOVQ         m+32(FP), DX       \
	MOVQ         n+40(FP), CX       \
	MOVQ         bias+48(FP), R14   \
	MOVQ         add+56(FP), R10    \
	MOVQ         ldadd+64(FP), R11  \
	VBROADCASTSS least+72(FP), Z27  \
	SETUP                           \
	MASKS                           \
	VPXORD       Z24, Z24, Z24      \
	VPXORD       Z25, Z25, Z25      \
	TESTQ        R14, R14           \
	JEQ          residual           \
	VMOVUPS.Z    (R14), K1, Z24     \
	VMOVUPS.Z    64(R14), K2, Z25   \
residual:                           \
	KXORW        K4, K4, K4         \
	KXORW        K5, K5, K5         \
	TESTQ        R10, R10           \
	JEQ          none               \
	KMOVW        K1, K4             \
	KMOVW        K2, K5             \
	JMP          row                \
none:                               \
	MOVQ         SI, R10            \
	XORQ         R11, R11           \
row:                                \
	VMOVUPS.Z    (SI), K1, Z0       \
	VMOVUPS.Z    64(SI), K2, Z1     \
	VADDPS       Z24, Z0, Z0        \
	VADDPS       Z25, Z1, Z1        \
	LD(K4, 0, Z2)                   \
	LD(K5, 1, Z3)                   \
	VADDPS       Z2, Z0, Z0         \
	VADDPS       Z3, Z1, Z1         \
	VMAXPS       Z0, Z27, Z0        \
	VMAXPS       Z1, Z27, Z1        \
	ST                              \
	ADDQ         R8, DI             \
	ADDQ         R9, SI             \
	ADDQ         R11, R10           \
	DECQ         DX                 \
	JNZ          row                \
	VZEROUPPER                      \
	RET

#define SETUP
#define LD(k, half, z) VMOVUPS.Z (64*half)(R10), k, z
#define ST VMOVUPS Z0, K1, (DI); VMOVUPS Z1, K2, 64(DI)

TEXT ·storeF32AVX512(SB), NOSPLIT, $0-76
	STOREROWS

#undef SETUP
#undef LD
#undef ST

#define SETUP ROUNDING
#define LD(k, half, z) VPMOVZXWD.Z (32*half)(R10), k, z; VPSLLD $16, z, z
#define ST \
	ROUND(Z0)               \
	VPMOVDW Z29, K1, (DI)   \
	ROUND(Z1)               \
	VPMOVDW Z29, K2, 32(DI)

TEXT ·storeBF16AVX512(SB), NOSPLIT, $0-76
	STOREROWS

#undef SETUP
#undef ST

#define SETUP
#define ST \
	VCVTNE2PS2BF16          \
	KUNPCKWD K1, K2, K6     \
	VMOVDQU16 Z0, K6, (DI)

// storeConvertAVX512 is the same by the instruction that rounds: denormals
// become zero.
TEXT ·storeConvertAVX512(SB), NOSPLIT, $0-76
	STOREROWS
