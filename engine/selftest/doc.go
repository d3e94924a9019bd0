// Package selftest compares an engine with its definition on the machine it runs on:
// the training step of small networks, as the engine computes it and, in float64, as
// engine/ref does.
//
//	d, err := selftest.Define(selftest.Networks()[0]) // takes seconds
//	…
//	plain, err := d.Measure(generic) // plain Go in the precision of e
//	…
//	errors, err := d.Measure(e)
//	…
//	err = selftest.Kernels("bf16").Check(errors, plain)
//
// How far from float64 a correct engine is depends on where it rounds, and on the tensor:
// most of a gradient can be the difference of large sums. So an engine is held to plain Go
// in the same precision, tensor by tensor.
//
// The tests of this repository compare more (engine/enginetest), on the machines they
// run on. This is for the others: a processor, a driver or a libtorch that nobody has
// tried, and a binary without its source.
package selftest
