//go:build !noasm

#include "textflag.h"
#include "colour_amd64.h"

SAME(int1, 0x0000000100000001)
SAME(int5, 0x0000000500000005)
SAME(int85, 0x0000005500000055)
SAME(int255, 0x000000FF000000FF)
SAME(sixths, 0x0000060700000607) // 6/255 in 16-bit fixed point, rounded up
SAME(signBit, 0x8000000080000000)
SAME(float1, 0x3F8000003F800000)
SAME(float6, 0x40C0000040C00000)
SAME(float85, 0x42AA000042AA0000)
SAME(float255, 0x437F0000437F0000)
SAME(float21675, 0x46A9560046A95600)
SAME(float43350, 0x4729560047295600)
SAME(per43350, 0x37C1824337C18243) // 1/43350

// Where R, G and B of pixel 0 are in v v v v p p p p q q q q t t t t, by the
// sixth of the circle, and what to add for pixels 0–3.
WORD4(channels, 0x8004000880040C00, 0x80000804800C0004, 0x800804008000040C, 0x80040C0080040C00)
LANES(pixel, 0x0001010100000000, 0x0003030300020202)

// func hueAVX2(pix *uint8, n int, shift uint32)
//
// toHSV and toRGB in float32 throughout. That no result differs is not evident
// from toHSV, whose quotients are rounded, but tested for all colours. For toRGB
// it is: with s and v in 0–255 and F = 85 times the fraction of a sixth,
//
//	p = round(v·(1 − s/255))             = ⌊(v·43350 + 21675 − 2·s·v·85)/43350⌋
//	q = round(v·(1 − s/255·F/85))        = ⌊(v·43350 + 21675 − 2·s·v·F)/43350⌋
//	t = round(v·(1 − s/255·(1 − F/85)))  = ⌊(v·43350 + 21675 − 2·s·v·(85−F))/43350⌋
//
// where the dividends are integers below 2²⁴ and odd, so that no quotient is
// nearer than 1/43350 to an integer.
//
// DI pix, CX bytes left, Y15 shift; Y1–Y3 R, G and B, Y4 v.
TEXT ·hueAVX2(SB), NOSPLIT, $0-20
	MOVQ         pix+0(FP), DI
	MOVQ         n+8(FP), CX
	MOVL         shift+16(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, Y15

loop:
	LOAD(DI, X0, Y0)
	VPSHUFB pickR<>(SB), Y0, Y1
	VPSHUFB pickG<>(SB), Y0, Y2
	VPSHUFB pickB<>(SB), Y0, Y3
	VPMAXUB Y1, Y2, Y4          // v = max(r, g, b)
	VPMAXUB Y3, Y4, Y4
	VPMINUB Y1, Y2, Y5          // low = min(r, g, b)
	VPMINUB Y3, Y5, Y5

	// One of x and y of toHSV is low, so its quotient is 1: sixths is sixth + 1 −
	// (v−y)/chroma, or sixth − 1 + (v−x)/chroma where y is low.
	VPCMPEQD  Y4, Y2, Y6          // v == g
	VPCMPEQD  Y4, Y1, Y7          // v == r
	VPBLENDVB Y6, Y3, Y1, Y8      // y = v == g ? b : r
	VPBLENDVB Y7, Y2, Y8, Y8      // y = v == r ? g : y
	VPADDD    int5<>(SB), Y6, Y9  // sixth + 1 = v == g ? 3 : 5
	VPADDD    Y6, Y9, Y9
	VPBLENDVB Y7, int1<>(SB), Y9, Y9 // sixth + 1 = v == r ? 1 : sixth + 1
	VPCMPEQD  Y8, Y5, Y10         // y == low
	VPADDD    Y10, Y9, Y9         // sixth − 1
	VPADDD    Y10, Y9, Y9
	VPADDD    Y1, Y2, Y11         // far = v − (the third value: r+g+b − v − low)
	VPADDD    Y3, Y11, Y11
	VPSUBD    Y11, Y4, Y11
	VPADDD    Y4, Y11, Y11
	VPADDD    Y5, Y11, Y11
	VPSUBD    Y5, Y4, Y5          // chroma = v − low
	VCVTDQ2PS Y4, Y12
	VCVTDQ2PS Y5, Y5
	VCVTDQ2PS Y9, Y9
	VCVTDQ2PS Y11, Y11
	VMAXPS    float1<>(SB), Y5, Y6 // far / chroma; of a gray pixel any hue will do
	VDIVPS    Y6, Y11, Y11
	VPANDN    signBit<>(SB), Y10, Y10
	VXORPS    Y10, Y11, Y11       // minus, unless y is low
	VADDPS    Y11, Y9, Y9         // sixths
	VDIVPS    float6<>(SB), Y9, Y13 // turn = sixths/6
	VPSRAD    $31, Y9, Y9
	VANDPS    float1<>(SB), Y9, Y9
	VADDPS    Y9, Y13, Y13        // turn += turn < 0 ? 1 : 0
	VMULPS    float255<>(SB), Y13, Y13
	VCVTTPS2DQ Y13, Y13           // h = ⌊255·turn⌋
	VPADDD    Y15, Y13, Y13
	VPAND     int255<>(SB), Y13, Y13 // h = (h + shift) mod 256

	VMULPS   float255<>(SB), Y5, Y5
	VMAXPS   float1<>(SB), Y12, Y6
	VDIVPS   Y6, Y5, Y5
	VROUNDPS $3, Y5, Y5           // s = ⌊255·chroma/v⌋
	VMULPS   Y12, Y5, Y5
	VADDPS   Y5, Y5, Y5           // 2·s·v
	VMULPS   float43350<>(SB), Y12, Y12
	VADDPS   float21675<>(SB), Y12, Y12 // v·43350 + 21675

	VPMULHUW  sixths<>(SB), Y13, Y6 // i = ⌊6·h/255⌋
	VPMULLW   int85<>(SB), Y6, Y7
	VPADDD    Y13, Y13, Y13
	VPSUBD    Y7, Y13, Y13
	VCVTDQ2PS Y13, Y13            // F = 2·h − 85·i
	VMULPS    float85<>(SB), Y5, Y8
	VMULPS    Y13, Y5, Y9
	VSUBPS    Y8, Y12, Y8         // p
	VADDPS    Y9, Y8, Y10         // t
	VSUBPS    Y9, Y12, Y9         // q
	VMULPS    per43350<>(SB), Y8, Y8
	VMULPS    per43350<>(SB), Y9, Y9
	VMULPS    per43350<>(SB), Y10, Y10
	VCVTTPS2DQ Y8, Y8
	VCVTTPS2DQ Y9, Y9
	VCVTTPS2DQ Y10, Y10

	VPACKSSDW Y8, Y4, Y4          // v v v v p p p p
	VPACKSSDW Y10, Y9, Y9         // q q q q t t t t
	VPACKUSWB Y9, Y4, Y4
	VMOVDQU   channels<>(SB), Y7
	VPERMD    Y7, Y6, Y6          // which of them are r, g and b
	VPADDD    pixel<>(SB), Y6, Y6
	VPSHUFB   Y6, Y4, Y4
	VPSHUFB   packRGB<>(SB), Y4, Y4
	STORE(X4, Y4, DI)
	ADDQ      $24, DI
	SUBQ      $24, CX
	JNZ       loop
	VZEROUPPER
	RET
