// Package ref is the definition of every operation: naive loops in float64, one
// file per operation, forward and backward side by side, with the derivation in
// the comment. Every other engine is tested against it, so it is written to be
// read, not to be fast.
//
// Backward functions add to the gradients they are given: a value with two
// consumers receives the sum of both. dy is the gradient of the loss with
// respect to the operation's result y.
//
// Besides the engine's interface the types give float64 access: Exec.Forward64,
// Grad64 and Step64, State.Get64 and Set64.
package ref
