// The epilogue of a product in AVX2: loops of EACH over STORE, of 8 or 16 columns.

// A nil add stays nil: its stride is 0.
#define STRIDES ADDQ R10, DI; ADDQ R11, SI; ADDQ R13, R8

// STOREROWS is the body of a storeFunc.
#define STOREROWS \
	SETUP                           \
	MOVQ         dst+0(FP), DI      \
	MOVQ         ldd+8(FP), R10     \
	MOVQ         c+16(FP), SI       \
	MOVQ         ldc+24(FP), R11    \
	MOVQ         m+32(FP), DX       \
	MOVQ         n+40(FP), CX       \
	MOVQ         bias+48(FP), R9    \
	MOVQ         add+56(FP), R8     \
	MOVQ         ldadd+64(FP), R13  \
	VBROADCASTSS least+72(FP), V7   \
	EACH(STORE, STRIDES)
