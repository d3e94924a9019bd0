// The AVX-512 micro-kernels: up to 12 rows of A times one panel of 32 columns,
// the sums in Z0..Z23, two per row. A step is one k of float32 or two of BF16,
// that is one dword of each row of A and 128 bytes of the panel. What differs is
// how a step is loaded (LOADB) and multiplied (DOT), how many bytes lie between steps of
// A (s), and how a row is added (ADDROW), stored (STOREROW) and asked for beforehand
// (AHEAD). Every row runs through the same sums in the same order whatever the number
// of rows.
//
//	DI  row of c             DX  bytes between rows of c
//	SI  row 0 of A           R8  bytes between rows of A
//	R11 row 3 of A           BX  step of the panel
//	R12 row 6 of A           CX  steps left
//	R13 row 9 of A           AX  rows of the tile
//	R10 row 0 of the next tile
//	R14 row of add           R15 bytes between rows of add

// One step of one row: where its dword is, d bytes on; its two sums, their numbers.
#define ROW0(d) DOT(d(SI), Z0, Z1, 0, 1)
#define ROW1(d) DOT(d(SI)(R8*1), Z2, Z3, 2, 3)
#define ROW2(d) DOT(d(SI)(R8*2), Z4, Z5, 4, 5)
#define ROW3(d) DOT(d(R11), Z6, Z7, 6, 7)
#define ROW4(d) DOT(d(R11)(R8*1), Z8, Z9, 8, 9)
#define ROW5(d) DOT(d(R11)(R8*2), Z10, Z11, 10, 11)
#define ROW6(d) DOT(d(R12), Z12, Z13, 12, 13)
#define ROW7(d) DOT(d(R12)(R8*1), Z14, Z15, 14, 15)
#define ROW8(d) DOT(d(R12)(R8*2), Z16, Z17, 16, 17)
#define ROW9(d) DOT(d(R13), Z18, Z19, 18, 19)
#define ROW10(d) DOT(d(R13)(R8*1), Z20, Z21, 20, 21)
#define ROW11(d) DOT(d(R13)(R8*2), Z22, Z23, 22, 23)

#define ROWS1(d) ROW0(d)
#define ROWS2(d) ROWS1(d); ROW1(d)
#define ROWS3(d) ROWS2(d); ROW2(d)
#define ROWS4(d) ROWS3(d); ROW3(d)
#define ROWS5(d) ROWS4(d); ROW4(d)
#define ROWS6(d) ROWS5(d); ROW5(d)
#define ROWS7(d) ROWS6(d); ROW6(d)
#define ROWS8(d) ROWS7(d); ROW7(d)
#define ROWS9(d) ROWS8(d); ROW8(d)
#define ROWS10(d) ROWS9(d); ROW9(d)
#define ROWS11(d) ROWS10(d); ROW10(d)
#define ROWS12(d) ROWS11(d); ROW11(d)

#define ZERO(lo, hi) VPXORD lo, lo, lo; VPXORD hi, hi, hi

// STEPS runs all steps for a fixed number of rows, four at a time: on Intel's
// processors an addition to a pointer may take the port of a multiply-add.
#define STEPS(four, rest, one, rows, s) \
four:              \
	SUBQ $4, CX    \
	JLT  rest      \
	LOADB(0)       \
	rows(0)        \
	LOADB(128)     \
	rows(s)        \
	LOADB(256)     \
	rows(2*s)      \
	LOADB(384)     \
	rows(3*s)      \
	ADDQ $(4*s), SI  \
	ADDQ $(4*s), R11 \
	ADDQ $(4*s), R12 \
	ADDQ $(4*s), R13 \
	ADDQ $512, BX  \
	JMP  four      \
rest:              \
	ADDQ $4, CX    \
	JEQ  done      \
one:               \
	LOADB(0)       \
	rows(0)        \
	ADDQ $s, SI  \
	ADDQ $s, R11 \
	ADDQ $s, R12 \
	ADDQ $s, R13 \
	ADDQ $128, BX  \
	DECQ CX        \
	JNZ  one       \
	JMP  done

// One row of c: its sums with bias Z24 Z25 and, in ADDC, a row of add; never less
// than Z27. Leaves after the last row.
#define SETC(lo, hi) \
	VADDPS  Z24, lo, lo \
	VADDPS  Z25, hi, hi \
	LASTC(lo, hi)

#define ADDC(lo, hi) \
	VADDPS  Z24, lo, lo      \
	VADDPS  Z25, hi, hi      \
	ADDROW(lo, hi)           \
	ADDQ    R15, R14         \
	LASTC(lo, hi)

#define LASTC(lo, hi) \
	VMAXPS  lo, Z27, lo  \
	VMAXPS  hi, Z27, hi  \
	STOREROW(lo, hi)     \
	ADDQ    DX, DI       \
	DECQ    AX           \
	JZ      next

#define EACHROW(do) \
	do(Z0, Z1); do(Z2, Z3); do(Z4, Z5); do(Z6, Z7); do(Z8, Z9); do(Z10, Z11) \
	do(Z12, Z13); do(Z14, Z15); do(Z16, Z17); do(Z18, Z19); do(Z20, Z21); do(Z22, Z23)

// TILES is the body of a tilesFunc. many counts tiles of rows rows down, then few
// those of one row less; s bytes lie between steps of A.
#define TILES(s) \
	MOVQ c+0(FP), DI        \
	MOVQ ldc+8(FP), DX      \
	MOVQ a+16(FP), R10      \
	MOVQ rs+24(FP), R8      \
	MOVQ rows+64(FP), AX    \
	MOVQ many+72(FP), CX    \
	MOVQ add+96(FP), R14    \
	MOVQ ldadd+104(FP), R15 \
	MOVQ AX, tile-8(SP)     \
	MOVQ CX, left-16(SP)    \
	MOVQ $0, less-24(SP)    \
tile:                       \
	MOVQ DI, BX             \
	EACHROW(AHEAD)          \
	MOVQ R10, SI            \
	LEAQ (R8)(R8*2), CX     \
	LEAQ (SI)(CX*1), R11    \
	LEAQ (SI)(CX*2), R12    \
	LEAQ (R11)(CX*2), R13   \
	MOVQ b+40(FP), BX       \
	MOVQ steps+56(FP), CX   \
	MOVQ tile-8(SP), AX     \
	MOVQ R8, R10            \
	IMULQ AX, R10           \
	ADDQ SI, R10            \
	EACHROW(ZERO)           \
	CMPQ AX, $12            \
	JEQ  r12                \
	CMPQ AX, $11            \
	JEQ  r11                \
	CMPQ AX, $10            \
	JEQ  r10                \
	CMPQ AX, $9             \
	JEQ  r9                 \
	CMPQ AX, $8             \
	JEQ  r8                 \
	CMPQ AX, $7             \
	JEQ  r7                 \
	CMPQ AX, $6             \
	JEQ  r6                 \
	CMPQ AX, $5             \
	JEQ  r5                 \
	CMPQ AX, $4             \
	JEQ  r4                 \
	CMPQ AX, $3             \
	JEQ  r3                 \
	CMPQ AX, $2             \
	JEQ  r2                 \
	STEPS(r1, rest1, one1, ROWS1, s) \
	STEPS(r2, rest2, one2, ROWS2, s) \
	STEPS(r3, rest3, one3, ROWS3, s) \
	STEPS(r4, rest4, one4, ROWS4, s) \
	STEPS(r5, rest5, one5, ROWS5, s) \
	STEPS(r6, rest6, one6, ROWS6, s) \
	STEPS(r7, rest7, one7, ROWS7, s) \
	STEPS(r8, rest8, one8, ROWS8, s) \
	STEPS(r9, rest9, one9, ROWS9, s) \
	STEPS(r10, rest10, one10, ROWS10, s) \
	STEPS(r11, rest11, one11, ROWS11, s) \
	STEPS(r12, rest12, one12, ROWS12, s) \
done:                       \
	VBROADCASTSS least+112(FP), Z27 \
	VPXORD Z24, Z24, Z24    \
	VPXORD Z25, Z25, Z25    \
	MOVQ bias+88(FP), BX    \
	TESTQ BX, BX            \
	JEQ  residual           \
	VMOVUPS (BX), Z24       \
	VMOVUPS 64(BX), Z25     \
residual:                   \
	TESTQ R14, R14          \
	JEQ  set                \
	EACHROW(ADDC)           \
set:                        \
	EACHROW(SETC)           \
next:                       \
	DECQ left-16(SP)        \
	JNZ  tile               \
	CMPQ less-24(SP), $0    \
	JNE  ret                \
	MOVQ $1, less-24(SP)    \
	DECQ tile-8(SP)         \
	MOVQ few+80(FP), CX     \
	MOVQ CX, left-16(SP)    \
	TESTQ CX, CX            \
	JNZ  tile               \
ret:                        \
	VZEROUPPER              \
	RET
