// Package enginetest tests an engine against engine/ref: one table of small
// programs around each operation, and the promises of package engine.
//
//	func TestEngine(t *testing.T) { enginetest.Run(t, eng, enginetest.Options{}) }
//	func BenchmarkEngine(b *testing.B) { enginetest.Bench(b, eng) }
//
// For an engine that trains in a group of processes, call Distributed, with a group
// of goroutines (Groups), or Share in each of several real processes.
//
// Inputs and variables are random and never trivial: at the network's initial
// values half of its gradients are exactly zero and would hide a broken backward.
// They are numbers that bfloat16 represents exactly, so that an engine that stores
// activations in it is judged by what it computes, not by what it is given.
//
// The gradient with respect to an operation's input x is checked element by
// element: x is made a variable, as the product of an identity matrix and a weight.
package enginetest
