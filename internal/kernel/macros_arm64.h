// What the NEON files share: vector instructions that Go's assembler does not
// know, and the loop over channels.
//
// A macro takes numbers of vector registers in Go's order: VFADD(m, n, d) sets
// V_d = V_n + V_m. Where the order matters, n is the left operand. The words are
// those of the Arm Architecture Reference Manual, C7: an opcode, and
//
//	m<<16 | n<<5 | d

#define ASIMD3(op, m, n, d) WORD $(op | (m)<<16 | (n)<<5 | (d))
#define ASIMD2(op, n, d) WORD $(op | (n)<<5 | (d))

#define VFADD(m, n, d) ASIMD3(0x4E20D400, m, n, d)    // fadd  d.4s, n.4s, m.4s
#define VFSUB(m, n, d) ASIMD3(0x4EA0D400, m, n, d)    // fsub  d.4s, n.4s, m.4s
#define VFMUL(m, n, d) ASIMD3(0x6E20DC00, m, n, d)    // fmul  d.4s, n.4s, m.4s
#define VFDIV(m, n, d) ASIMD3(0x6E20FC00, m, n, d)    // fdiv  d.4s, n.4s, m.4s
#define VFMAX(m, n, d) ASIMD3(0x4E20F400, m, n, d)    // fmax  d.4s, n.4s, m.4s: NaN if either is
#define VFCMEQ(m, n, d) ASIMD3(0x4E20E400, m, n, d)   // fcmeq d.4s, n.4s, m.4s: all ones where n = m
#define VFADDD(m, n, d) ASIMD3(0x4E60D400, m, n, d)   // fadd  d.2d, n.2d, m.2d
#define VFMLAS0(m, n, d) ASIMD3(0x4F801000, m, n, d)  // fmla  d.4s, n.4s, m.s[0]
#define VZIP1H(m, n, d) ASIMD3(0x4E403800, m, n, d)   // zip1  d.8h, n.8h, m.8h

#define VFCMGTZ(n, d) ASIMD2(0x4EA0C800, n, d)        // fcmgt  d.4s, n.4s, #0
#define VFSQRT(n, d) ASIMD2(0x6EA1F800, n, d)         // fsqrt  d.4s, n.4s
#define VFCVTL(n, d) ASIMD2(0x0E617800, n, d)         // fcvtl  d.2d, n.2s
#define VFCVTL2(n, d) ASIMD2(0x4E617800, n, d)        // fcvtl2 d.2d, n.4s
#define VFMAXV(n, d) ASIMD2(0x6E30F800, n, d)         // fmaxv  s_d, n.4s
#define VFADDPD(n, d) ASIMD2(0x7E70D800, n, d)        // faddp  d_d, n.2d
#define VZERO(d) WORD $(0x6F00E400 | (d))             // movi   d.2d, #0

// Loads and stores move their pointer on. LDF and STF are of four float32, LDF1
// and STF1 of one, which then is lane 0 with zeros above it.

#define LDF(ptr, d) FMOVQ.P 16(ptr), F(d)
#define STF(d, ptr) FMOVQ.P F(d), 16(ptr)
#define LDF1(ptr, d) FMOVS.P 4(ptr), F(d)
#define STF1(d, ptr) FMOVS.P F(d), 4(ptr)

// LOOP runs body over R5 channels of R4 rows, four at a time and then, by LD1 and
// ST1, one by one; reset is what a row starts with. A body gets the loads and
// stores of elements and of float32: LD, ST, LDC and STC.
//
//	R4  rows left        R5  channels, 1 or more
//	R6  channels left

#define LOOP(reset, body) \
row:                                    \
	reset                           \
	SUBS $4, R5, R6                 \
	BLT  tail                       \
vector:                                 \
	body(LD, ST, LDF, STF)          \
	SUBS $4, R6                     \
	BGE  vector                     \
tail:                                   \
	ADDS $4, R6                     \
	BEQ  done                       \
one:                                    \
	body(LD1, ST1, LDF1, STF1)      \
	SUBS $1, R6                     \
	BNE  one                        \
done:                                   \
	SUBS $1, R4                     \
	BNE  row

// LOOPALL is LOOP over one row; EACH and ALL are functions that only loop.
#define LOOPALL(body) MOVD $1, R4; LOOP(NOP, body)
#define EACH(reset, body) LOOP(reset, body); RET
#define ALL(body) LOOPALL(body); RET
