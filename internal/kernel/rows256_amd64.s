//go:build !noasm

#include "textflag.h"

// The loops of rows_amd64.h in AVX2, 8 channels at a time; their number is a
// multiple of 8. The epilogue of a product is one of them: store256_amd64.h.

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V7 Y7

#define KEEP(x, y) VCMPPS $0x1E, V7, y, Y8; VANDPS Y8, x, x

#include "rows_amd64.h"

#define LDF(mem, y) VMOVUPS mem, y
#define STF(y, mem) VMOVUPS y, mem

// A loop that fits into one line of the cache takes half the time of one in two.
#define EACH(body, next) \
	PCALIGN $64            \
row:                       \
	XORQ AX, AX            \
vector:                    \
	body(LD, ST, LDF, STF) \
	ADDQ $8, AX            \
	CMPQ AX, CX            \
	JLT  vector            \
	next                   \
	DECQ DX                \
	JNZ  row               \
	VZEROUPPER             \
	RET

// dst = max(c + bias + add, V7); bias and add may be nil
#define STORE(LD, ST, LDC, STC) \
	LDC(CHANNELS(SI), V0)   \
	TESTQ  R9, R9           \
	JEQ    residual         \
	LDC(CHANNELS(R9), V1)   \
	VADDPS V1, V0, V0       \
residual:                   \
	TESTQ  R8, R8           \
	JEQ    store            \
	LD(AT(R8), V3)          \
	VADDPS V3, V0, V0       \
store:                      \
	VMAXPS V0, V7, V0       \
	ST(V0, AT(DI))

#include "store256_amd64.h"

// float32

#define AT(r) (r)(AX*4)
#define NEXT(r) LEAQ (r)(CX*4), r
#define LD LDF
#define ST STF
#define SETUP

TEXT ·addToF32AVX2(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·scaleShiftF32AVX2(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineF32AVX2(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskF32AVX2(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addF32AVX2(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·storeF32AVX2(SB), NOSPLIT, $0-76
	STOREROWS

#undef AT
#undef NEXT
#undef LD
#undef ST
#undef SETUP

// BF16; what rounds is in maps256_amd64.s.

#define AT(r) (r)(AX*2)
#define NEXT(r) LEAQ (r)(CX*2), r
#define LD(mem, y) VPMOVZXWD mem, y; VPSLLD $16, y, y
#define ST STF

TEXT ·addToBF16AVX2(SB), NOSPLIT, $0-32
	ADDTOROWS

TEXT ·widenBF16AVX2(SB), NOSPLIT, $0-24
	WIDENALL
