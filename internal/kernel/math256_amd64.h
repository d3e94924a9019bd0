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
EIGHT(320, $0xc2aeac4f)     // −87.33654: the smallest with a normal one

// tanh
EIGHT(352, $0x7fffffff)
EIGHT(384, $0x80000000)
EIGHT(416, $2.0)
EIGHT(448, $30.0)           // above, tanh x/2 is 1

EIGHT(480, $0xff800000)     // −Inf
EIGHT(512, $0x7fc00000)     // NaN
DATA math256<>+544(SB)/4, $0
DATA math256<>+548(SB)/4, $1
DATA math256<>+552(SB)/4, $2
DATA math256<>+556(SB)/4, $3
DATA math256<>+560(SB)/4, $4
DATA math256<>+564(SB)/4, $5
DATA math256<>+568(SB)/4, $6
DATA math256<>+572(SB)/4, $7
GLOBL math256<>(SB), RODATA|NOPTR, $576

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
#define LOWEST math256<>+320(SB)
#define ABS math256<>+352(SB)
#define SIGN math256<>+384(SB)
#define TWO math256<>+416(SB)
#define MOST math256<>+448(SB)
#define MINUSINF math256<>+480(SB)
#define NAN math256<>+512(SB)
#define IOTA math256<>+544(SB)

// REDUCE sets n to round(x/ln 2) and y to e^r − 1 of the rest r.
#define REDUCE(x, y, n, r) \
	VMULPS       LOG2E, x, n    \ // n = round(x/ln 2)
	VCVTPS2DQ    n, n           \
	VCVTDQ2PS    n, y           \
	VMOVAPS      x, r           \ // r = x − n·ln 2
	VFNMADD231PS LN2HI, y, r    \
	VFNMADD231PS LN2LO, y, r    \
	VMOVUPS      EXP0, y        \ // y = r + r²·(polynomial)
	VFMADD213PS  EXP1, r, y     \
	VFMADD213PS  EXP2, r, y     \
	VFMADD213PS  EXP3, r, y     \
	VFMADD213PS  EXP4, r, y     \
	VFMADD213PS  EXP5, r, y     \
	VMULPS       r, y, y        \
	VFMADD213PS  r, r, y        \
	VPSLLD       $23, n, n      // n in the place of an exponent

// EXP sets y = e^x for x from LOWEST to 88.72, and NaN for NaN: there the exponent
// of e^r plus n is that of a normal number. Uses n and r.
#define EXP(x, y, n, r) \
	REDUCE(x, y, n, r)          \
	VADDPS       ONE, y, y      \
	VPADDD       n, y, y        // y = 2^n·e^r

// BELOW sets y to 0 where x < LOWEST. Uses n.
#define BELOW(x, y, n) VCMPPS $0x11, LOWEST, x, n; VANDNPS y, n, y

// TANH sets y = tanh x = E/(E + 2) with the sign of x, where, without
// cancellation near 0,
//
//	E = e^2|x| − 1 = 2^n·(e^r − 1) + (2^n − 1)
//
// The order of VMINPS keeps NaN. Uses a, n and r.
#define TANH(x, y, a, n, r) \
	VANDPS      ABS, x, a  \ // a = min(2|x|, MOST)
	VADDPS      a, a, a    \
	VMOVUPS     MOST, y    \
	VMINPS      a, y, a    \
	REDUCE(a, y, n, r)     \
	VPADDD      ONE, n, n  \ // n = 2^n
	VSUBPS      ONE, n, r  \ // y = n·y + (n − 1)
	VFMADD213PS r, n, y    \
	VADDPS      TWO, y, r  \ // y = y/(y + 2)
	VDIVPS      r, y, y    \
	VANDPS      SIGN, x, r \ // with the sign of x
	VORPS       r, y, y
