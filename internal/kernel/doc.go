// Package kernel holds the inner loops of the CPU engine: matrix products over
// packed operands, the packers, the epilogue that stores a product, and
// element-wise loops over rows of channels.
//
// The one idea is a panel: 32 columns of a matrix, stored so that every
// instruction set reads them in order. Both sides of a weight gradient, the
// weights of a convolution and the second operand of a score matrix are packed
// into panels once and used many times.
//
//	float32   [n/32][k][32]
//	          [n/32][2][k][16]     of avx2, except left operands: see layout
//	BF16      [n/32][k/2][32][2]   two consecutive k side by side
//	          [n/32][2][k/2][16][2] of amx, except left operands
//
// A Set is one implementation of everything here. Five exist: generic, in plain
// Go, which is the definition; avx2, avx512 and amx on amd64; neon on arm64,
// tested only under emulation and never timed. Sums are float32 whatever the
// storage type. Within one set an element of a result depends only on its own
// row and column, never on how rows are split into calls, so one thread and
// many give the same bytes; between sets the last bits differ.
//
// Nothing here allocates, starts a goroutine or keeps a reference to its
// arguments. Wrong lengths panic.
package kernel
