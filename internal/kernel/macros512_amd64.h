// Macros shared by the AVX-512 files: loops over channels, and rounding to BF16.
//
//	AX  channel        BX  last whole vector of channels
//	CX  channels       DX  rows left

#define LDF(mem, z) VMOVUPS mem, z
#define LDFK(mem, z) VMOVUPS.Z mem, K1, z
#define STF(z, mem) VMOVUPS z, mem
#define STFK(z, mem) VMOVUPS z, K1, mem

// EACH is a function that runs body over all channels of all rows; next moves to
// the next row. The tail runs under K1.
#define EACH(body, next) \
	MOVQ  CX, BX                \
	ANDQ  $15, BX               \
	MOVQ  $1, AX                \
	SHLXQ BX, AX, AX            \
	DECQ  AX                    \
	KMOVW AX, K1                \
	LEAQ  -16(CX), BX           \
row:                            \
	XORQ AX, AX                 \
vector:                         \
	CMPQ AX, BX                 \
	JGT  tail                   \
	body(LD, ST, LDF, STF)      \
	ADDQ $16, AX                \
	JMP  vector                 \
tail:                           \
	CMPQ AX, CX                 \
	JGE  done                   \
	body(LDK, STK, LDFK, STFK)  \
done:                           \
	next                        \
	DECQ DX                     \
	JNZ  row                    \
	VZEROUPPER                  \
	RET

// ROUND leaves z rounded to BF16 in the lower halves of Z29, ROUNDUP in the
// upper halves, where the lower ones are undefined:
//
//	(z + 0x7fff + bit 16 of z) >> 16, or (z | quiet bit) >> 16 where z is NaN
//
// ROUNDING sets up the constants Z28, Z30 and Z31.
#define ROUNDING \
	VPTERNLOGD $0xFF, Z31, Z31, Z31 \
	VPSRLD     $17, Z31, Z30        \
	VPSRLD     $31, Z31, Z31        \
	VPSLLD     $22, Z31, Z28

#define ROUNDUP(z) \
	VPSRLD $16, z, Z29       \
	VPANDD Z31, Z29, Z29     \
	VPADDD Z30, Z29, Z29     \
	VPADDD z, Z29, Z29       \
	VCMPPS $3, z, z, K3      \
	VPORD  Z28, z, K3, Z29

#define ROUND(z) ROUNDUP(z); VPSRLD $16, Z29, Z29

// MASKS sets K1 and K2 to the first and second 16 of CX ≤ 32 columns.
#define MASKS \
	MOVQ  $1, AX      \
	SHLXQ CX, AX, AX  \
	DECQ  AX          \
	KMOVW AX, K1      \
	SHRQ  $16, AX     \
	KMOVW AX, K2
