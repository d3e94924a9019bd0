// Package enginetest tests an engine against engine/ref: one table of small
// programs around each operation, and the promises of package engine.
//
//	func TestEngine(t *testing.T) { enginetest.Run(t, eng, enginetest.Options{}) }
//	func BenchmarkEngine(b *testing.B) { enginetest.Bench(b, eng) }
//
// An engine that trains in a group of processes passes Distributed, with a group of
// goroutines (Groups), or Share in every one of real processes.
//
// Inputs and variables are random and never trivial: at its first values half
// of the network's gradients are exactly zero and would hide a broken backward.
// They are numbers that bfloat16 holds exactly, so that an engine that stores
// activations in it is measured by what it computes and not by what it is given.
//
// The gradient by the input x of an operation is checked element by element: x
// is made a variable, as the product of an identity matrix with a weight.
package enginetest
