//go:build !noasm

#include "textflag.h"

// func vendorWords() (b, d, c uint32)
//
//	AX  leaf, then the largest leaf    CX  subleaf
TEXT ·vendorWords(SB), NOSPLIT, $0-12
	XORL AX, AX
	XORL CX, CX
	CPUID
	MOVL BX, b+0(FP)            // Auth
	MOVL DX, d+4(FP)            // enti
	MOVL CX, c+8(FP)            // cAMD
	RET
