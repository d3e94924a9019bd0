// Macros shared by the AVX2 loops over float32: the loop, its constants, e^x and
// tanh.
//
//	AX  element        BX   n − 8
//	CX  n, then what is left for the tail
//	DI SI R8 R9        pointers
//	Y15                mask of the tail

#define AT(r) (r)(AX*4)

#define LDF(mem, y) VMOVUPS mem, y
#define STF(y, mem) VMOVUPS y, mem

// Off the mask a load gives 0, nothing is stored and nothing faults.
#define LDM(mem, y) VMASKMOVPS mem, Y15, y
#define STM(y, mem) VMASKMOVPS y, Y15, mem

// MASK sets Y15 to the first CX < 8 elements.
#define MASK \
	VMOVD        CX, X15         \
	VPBROADCASTD X15, Y15        \
	VPCMPGTD     IOTA, Y15, Y15

// EACH runs body, which is given a load and a store, for n ≥ 1 elements, eight at
// a time; the last, if less than eight, with LDTAIL and STTAIL.
#define EACH(body, LDTAIL, STTAIL) \
	XORQ AX, AX          \
	LEAQ -8(CX), BX      \
	CMPQ AX, BX          \
	JGT  tail            \
vector:                  \
	body(LDF, STF)       \
	ADDQ $8, AX          \
	CMPQ AX, BX          \
	JLE  vector          \
tail:                    \
	SUBQ AX, CX          \
	JEQ  done            \
	MASK                 \
	body(LDTAIL, STTAIL) \
done:

// MAP is a function that only loops.
#define MAP(body) EACH(body, LDM, STM); VZEROUPPER; RET

#define EIGHT(at, v) \
	DATA math256<>+at+0(SB)/4, v  \
	DATA math256<>+at+4(SB)/4, v  \
	DATA math256<>+at+8(SB)/4, v  \
	DATA math256<>+at+12(SB)/4, v \
	DATA math256<>+at+16(SB)/4, v \
	DATA math256<>+at+20(SB)/4, v \
	DATA math256<>+at+24(SB)/4, v \
	DATA math256<>+at+28(SB)/4, v

// exp: Cephes expf (Moshier), e^x = 2^n · e^r, n = round(x/ln 2), where
// e^r = 1 + r + r²·(polynomial).
EIGHT(0, $1.44269504088896) // 1/ln 2
EIGHT(32, $0.693359375)     // ln 2, upper bits
EIGHT(64, $-2.12194440e-4)  // ln 2, lower bits
EIGHT(96, $1.9875691500e-4)
EIGHT(128, $1.3981999507e-3)
EIGHT(160, $8.3334519073e-3)
EIGHT(192, $4.1665795894e-2)
EIGHT(224, $1.6666665459e-1)
EIGHT(256, $5.0000001201e-1)
EIGHT(288, $1.0)
EIGHT(320, $0x42b17217)     // 88.722832: the largest x with a finite e^x
EIGHT(352, $0xc2aeac4f)     // −87.33654: the smallest with a normal one
EIGHT(384, $0x7f800000)     // +Inf

// tanh: Cephes tanhf (Moshier), an odd polynomial below 0.625, else
// 1 − 2/(e^2|x| + 1) with the sign of x.
EIGHT(416, $0x7fffffff)
EIGHT(448, $0x80000000)
EIGHT(480, $0.625)
EIGHT(512, $-5.70498872745e-3)
EIGHT(544, $2.06390887954e-2)
EIGHT(576, $-5.37397155531e-2)
EIGHT(608, $1.33314422036e-1)
EIGHT(640, $-3.33332819422e-1)
EIGHT(672, $2.0)

EIGHT(704, $0xff800000)     // −Inf
EIGHT(736, $0x7fc00000)     // NaN
DATA math256<>+768(SB)/4, $0
DATA math256<>+772(SB)/4, $1
DATA math256<>+776(SB)/4, $2
DATA math256<>+780(SB)/4, $3
DATA math256<>+784(SB)/4, $4
DATA math256<>+788(SB)/4, $5
DATA math256<>+792(SB)/4, $6
DATA math256<>+796(SB)/4, $7
GLOBL math256<>(SB), RODATA|NOPTR, $800

#define LOG2E math256<>+0(SB)
#define LN2HI math256<>+32(SB)
#define LN2LO math256<>+64(SB)
#define EXP0 math256<>+96(SB)
#define EXP1 math256<>+128(SB)
#define EXP2 math256<>+160(SB)
#define EXP3 math256<>+192(SB)
#define EXP4 math256<>+224(SB)
#define EXP5 math256<>+256(SB)
#define ONE math256<>+288(SB)
#define HIGHEST math256<>+320(SB)
#define LOWEST math256<>+352(SB)
#define INF math256<>+384(SB)
#define ABS math256<>+416(SB)
#define SIGN math256<>+448(SB)
#define SMALL math256<>+480(SB)
#define TANH0 math256<>+512(SB)
#define TANH1 math256<>+544(SB)
#define TANH2 math256<>+576(SB)
#define TANH3 math256<>+608(SB)
#define TANH4 math256<>+640(SB)
#define TWO math256<>+672(SB)
#define MINUSINF math256<>+704(SB)
#define NAN math256<>+736(SB)
#define IOTA math256<>+768(SB)

// EXP sets y = e^x for LOWEST ≤ x ≤ HIGHEST and NaN for NaN: there the exponent
// of e^r plus n is that of a normal number. Uses n and r.
#define EXP(x, y, n, r) \
	VMULPS       LOG2E, x, n    \ // n = round(x/ln 2)
	VCVTPS2DQ    n, n           \
	VCVTDQ2PS    n, y           \
	VMOVAPS      x, r           \ // r = x − n·ln 2
	VFNMADD231PS LN2HI, y, r    \
	VFNMADD231PS LN2LO, y, r    \
	VMOVUPS      EXP0, y        \ // y = e^r
	VFMADD213PS  EXP1, r, y     \
	VFMADD213PS  EXP2, r, y     \
	VFMADD213PS  EXP3, r, y     \
	VFMADD213PS  EXP4, r, y     \
	VFMADD213PS  EXP5, r, y     \
	VMULPS       r, y, y        \
	VFMADD213PS  r, r, y        \
	VADDPS       ONE, y, y      \
	VPSLLD       $23, n, n      \ // y = 2^n·y
	VPADDD       n, y, y

// ABOVE sets y to +Inf where x > HIGHEST, BELOW to 0 where x < LOWEST. Use n.
#define ABOVE(x, y, n) VCMPPS $0x1E, HIGHEST, x, n; VBLENDVPS n, INF, y, y
#define BELOW(x, y, n) VCMPPS $0x11, LOWEST, x, n; VANDNPS y, n, y

// TANH sets x to its tanh. Uses a, q, p, y, n and r.
#define TANH(x, a, q, p, y, n, r) \
	VANDPS      ABS, x, a          \ // a = |x|
	VMULPS      x, x, q            \ // q = x²
	VMOVUPS     TANH0, p           \ // p = x + x·q·(polynomial of q)
	VFMADD213PS TANH1, q, p        \
	VFMADD213PS TANH2, q, p        \
	VFMADD213PS TANH3, q, p        \
	VFMADD213PS TANH4, q, p        \
	VMULPS      q, p, p            \
	VFMADD213PS x, x, p            \
	VADDPS      a, a, q            \ // y = 1 − 2/(e^2a + 1)
	EXP(q, y, n, r)                \
	ABOVE(q, y, n)                 \
	VADDPS      ONE, y, y          \
	VMOVUPS     TWO, r             \
	VDIVPS      y, r, y            \
	VMOVUPS     ONE, r             \
	VSUBPS      y, r, y            \
	VANDPS      SIGN, x, r         \ // with the sign of x
	VORPS       r, y, y            \
	VCMPPS      $0x11, SMALL, a, n \ // p where a < 0.625
	VBLENDVPS   n, p, y, x
