//go:build !noasm

#include "textflag.h"

// func addRowsAVX512(dst *float32, off *int32, src *float32, ld, rows, n int)
//
//	AX  column         CX  n             BX  n − 16
//	DI  dst            R8  off           R11 dst + off[i]
//	SI  src[i·ld:]     R9  ld in bytes   DX  rows left
//	K1  mask of the last n mod 16
TEXT ·addRowsAVX512(SB), NOSPLIT, $0-48
	MOVQ  dst+0(FP), DI
	MOVQ  off+8(FP), R8
	MOVQ  src+16(FP), SI
	MOVQ  ld+24(FP), R9
	MOVQ  rows+32(FP), DX
	MOVQ  n+40(FP), CX
	SHLQ  $2, R9
	CMPQ  CX, $32
	JEQ   panel
	LEAQ  -16(CX), BX
	MOVQ  CX, R10
	ANDQ  $15, R10
	MOVQ  $1, AX
	SHLXQ R10, AX, AX
	DECQ  AX
	KMOVW AX, K1

row:
	MOVLQSX (R8), R11              // off[i]
	LEAQ    (DI)(R11*4), R11
	XORQ    AX, AX

vector:
	CMPQ    AX, BX
	JGT     tail
	VMOVUPS (SI)(AX*4), Z0
	VADDPS  (R11)(AX*4), Z0, Z0
	VMOVUPS Z0, (R11)(AX*4)
	ADDQ    $16, AX
	JMP     vector

tail:
	CMPQ      AX, CX
	JGE       next
	VMOVUPS.Z (SI)(AX*4), K1, Z0
	VMOVUPS.Z (R11)(AX*4), K1, Z1
	VADDPS    Z1, Z0, Z0
	VMOVUPS   Z0, K1, (R11)(AX*4)

next:
	ADDQ $4, R8
	ADDQ R9, SI
	DECQ DX
	JNZ  row
	VZEROUPPER
	RET

panel:                             // 32 columns
	MOVLQSX (R8), R11
	LEAQ    (DI)(R11*4), R11
	VMOVUPS (SI), Z0
	VMOVUPS 64(SI), Z1
	VADDPS  (R11), Z0, Z0
	VADDPS  64(R11), Z1, Z1
	VMOVUPS Z0, (R11)
	VMOVUPS Z1, 64(R11)
	ADDQ    $4, R8
	ADDQ    R9, SI
	DECQ    DX
	JNZ     panel
	VZEROUPPER
	RET
