// Package amxemu runs a program that uses Intel AMX on a processor without it.
//
// The program runs under ptrace. Each AMX instruction raises SIGILL; the
// emulator decodes it, carries it out on tiles of its own and on the program's
// memory, and resumes the program after it. That costs a few microseconds per
// instruction: enough to test a kernel on small matrices.
//
// It knows LDTILECFG, TILERELEASE, TILEZERO, TILELOADD, TILESTORED and
// TDPBF16PS, from the Intel 64 and IA-32 Architectures Software Developer's Manual, volume
// 2, and the few unmasked 512-bit instructions that occur between them in a product that
// ends in its epilogue (vectors.go), so a machine with only AVX2 can test it.
package amxemu
