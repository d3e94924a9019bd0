// Package amxemu runs a program that uses Intel AMX on a processor without it.
//
// The program runs under ptrace. Each AMX instruction raises SIGILL; the
// emulator decodes it, carries it out on tiles of its own and on the memory of
// the program, and lets the program go on behind it. That costs some
// microseconds per instruction: enough to test a kernel on small matrices.
//
// It knows LDTILECFG, TILERELEASE, TILEZERO, TILELOADD, TILESTORED and
// TDPBF16PS, of Intel 64 and IA-32 Architectures Software Developer's Manual,
// volume 2, and the few instructions on 512 bits, without masks, that stand
// between them in a product that ends in its epilogue (vectors.go): so a machine
// with AVX2 alone can test it.
package amxemu
