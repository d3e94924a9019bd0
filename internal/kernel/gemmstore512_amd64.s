//go:build !noasm

#include "textflag.h"
#include "dot512_amd64.h"
#include "gemm512_amd64.h"

// The micro-kernel of BF16 with results in BF16, by the instructions that multiply pairs
// and that round: denormals become zero. Z0 and Z1, the sums of the first row, are free
// once it is stored.

#define LOADB(d) LOADSTEP(d)
#define DOT(mem, lo, hi, nlo, nhi) DOTBF16(mem, nlo, nhi)
#define AHEAD(lo, hi) PREFETCHT0 (BX); ADDQ DX, BX
#define ADDROW(lo, hi) \
	VPMOVZXWD (R14), Z26    \
	VPSLLD    $16, Z26, Z26 \
	VADDPS    Z26, lo, lo   \
	VPMOVZXWD 32(R14), Z26  \
	VPSLLD    $16, Z26, Z26 \
	VADDPS    Z26, hi, hi
#define STOREROW(lo, hi) \
	VMOVAPS lo, Z0   \
	VMOVAPS hi, Z1   \
	VCVTNE2PS2BF16   \
	VMOVUPS Z0, (DI)

// func storeTilesBF16AVX512(c *BF16, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
//	few int, bias *float32, add *BF16, ldadd int, least float32)
TEXT ·storeTilesBF16AVX512(SB), NOSPLIT, $24-116
	TILES(4)
