//go:build !noasm

#include "textflag.h"
#include "dot512_amd64.h"
#include "gemm512_amd64.h"

// Micro-kernels with results in float32. A row of c is asked for before the steps: it is
// needed right behind them.

#define AHEAD(lo, hi) PREFETCHT0 (BX); PREFETCHT0 64(BX); ADDQ DX, BX
#define ADDROW(lo, hi) VADDPS (R14), lo, lo; VADDPS 64(R14), hi, hi
#define STOREROW(lo, hi) VMOVUPS lo, (DI); VMOVUPS hi, 64(DI)

// Steps of a row of A are one dword apart, those of a column of a panel (TN) one row.

#define LOADB(d) LOADSTEP(d)
#define DOT(mem, lo, hi, nlo, nhi) \
	VBROADCASTSS mem, Z29      \
	VFMADD231PS  Z29, Z30, lo  \
	VFMADD231PS  Z29, Z31, hi

// func tilesF32AVX512(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesF32AVX512(SB), NOSPLIT, $24-116
	TILES(4)

// func tilesTNF32AVX512(c *float32, ldc int, a *float32, rs, ks int, b *float32, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesTNF32AVX512(SB), NOSPLIT, $24-116
	TILES(128)

#undef DOT
#define DOT(mem, lo, hi, nlo, nhi) DOTBF16(mem, nlo, nhi)

// func tilesBF16AVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesBF16AVX512(SB), NOSPLIT, $24-116
	TILES(4)

// func tilesTNBF16AVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesTNBF16AVX512(SB), NOSPLIT, $24-116
	TILES(128)

// The same product without VDPBF16PS: each pair is split into two float32, the
// even k (shifted up, Z24 Z26 Z28) and the odd (masked by Z31, Z25 Z27 Z29).
#undef LOADB
#undef DOT
#define LOADB(d) \
	VMOVUPS d(BX), Z25     \
	VMOVUPS d+64(BX), Z27  \
	VPSLLD  $16, Z25, Z24  \
	VPSLLD  $16, Z27, Z26  \
	VPANDD  Z31, Z25, Z25  \
	VPANDD  Z31, Z27, Z27
#define DOT(mem, lo, hi, nlo, nhi) \
	VPBROADCASTD mem, Z29      \
	VPSLLD       $16, Z29, Z28 \
	VPANDD       Z31, Z29, Z29 \
	VFMADD231PS  Z28, Z24, lo  \
	VFMADD231PS  Z28, Z26, hi  \
	VFMADD231PS  Z29, Z25, lo  \
	VFMADD231PS  Z29, Z27, hi
#define UPPER /* halves of all dwords: ones, shifted up */ \
	VPTERNLOGD $0xFF, Z31, Z31, Z31 \
	VPSLLD     $16, Z31, Z31

// func tilesWideAVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesWideAVX512(SB), NOSPLIT, $24-116
	UPPER
	TILES(4)

// func tilesTNWideAVX512(c *float32, ldc int, a *BF16, rs, ks int, b *BF16, half, steps, rows, many,
//	few int, bias, add *float32, ldadd int, least float32)
TEXT ·tilesTNWideAVX512(SB), NOSPLIT, $24-116
	UPPER
	TILES(128)
