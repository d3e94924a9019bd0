//go:build !noasm

#include "textflag.h"
#include "macros512_amd64.h"

// The loops of rows_amd64.h in AVX-512: 16 channels at a time, and the rest under
// the mask K1 by the loads and stores with K.

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V7 Z7

#define KEEP(x, y) VCMPPS $0x1E, V7, y, K2; VMOVAPS.Z x, K2, x

#include "rows_amd64.h"

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

TEXT ·scaleShiftBF16AVX512(SB), NOSPLIT, $0-52
	SCALESHIFTROWS

TEXT ·affineBF16AVX512(SB), NOSPLIT, $0-64
	AFFINEROWS

TEXT ·reluMaskBF16AVX512(SB), NOSPLIT, $0-32
	RELUMASKALL

TEXT ·addBF16AVX512(SB), NOSPLIT, $0-32
	ADDALL

TEXT ·widenBF16AVX512(SB), NOSPLIT, $0-24
	WIDENALL

TEXT ·narrowBF16AVX512(SB), NOSPLIT, $0-24
	NARROWALL
