// Rounding to BF16 in AVX2. ROUNDUP sets the upper halves of to, a register
// other than z, to those of z rounded; the lower ones are undefined:
//
//	z + 0x7fff + bit 16 of z, or z | quiet bit where z is NaN
//
// ROUNDNUM is the same for what is no NaN.
//
// ROUNDING sets up the constants Y13 to Y15; Y11 and Y12 are overwritten.

#define ROUNDING \
	VPCMPEQD Y15, Y15, Y15 \
	VPSRLD   $17, Y15, Y14 \
	VPSRLD   $31, Y15, Y15 \
	VPSLLD   $22, Y15, Y13

#define ROUNDNUM(z, to) \
	VPSRLD $16, z, to    \
	VPAND  Y15, to, to   \
	VPADDD Y14, to, to   \
	VPADDD z, to, to

#define ROUNDUP(z, to) \
	ROUNDNUM(z, to)               \
	VCMPPS    $3, z, z, Y11       \
	VORPS     Y13, z, Y12         \
	VBLENDVPS Y11, Y12, to, to
