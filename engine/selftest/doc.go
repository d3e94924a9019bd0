// Package selftest says whether an engine computes correctly on the machine that it runs on. It
// compares one training step of small networks (losses, gradients and updated weights) with the
// same step computed in float64.
//
// A few terms. The definition of a step is what engine/ref computes: plain loops in float64. The
// error of a tensor is its relative distance from the definition. Plain Go is the engine cpu with
// its generic kernels, which has no assembly.
//
// How large the error of a correct engine is depends on where it rounds, and on the tensor: most
// of a gradient can be the difference of large sums. So no fixed tolerance works for all tensors.
// The one idea is to hold an engine to plain Go in the same precision, tensor by tensor: its error
// may be a few times that of plain Go and a little more; a [Bound] holds both numbers. Plain Go
// itself is held to the bound of [Plain].
//
//	d, err := selftest.Define(selftest.Networks()[0]) // the definition; takes seconds
//	if err != nil {
//		return err
//	}
//	generic, err := cpu.New(cpu.Config{Kernel: "generic", Precision: cpu.BF16})
//	if err != nil {
//		return err
//	}
//	defer generic.Close()
//	plain, err := d.Measure(generic)
//	if err != nil {
//		return err
//	}
//	e, err := cpu.New(cpu.Config{Precision: cpu.BF16}) // the best kernels of this processor
//	if err != nil {
//		return err
//	}
//	defer e.Close()
//	errs, err := d.Measure(e)
//	if err != nil {
//		return err
//	}
//	err = selftest.Kernels(cpu.BF16).Check(errs, plain) // selftest.Engines for libtorch
//
// The command amdim selftest does this for all [Networks]. The tests of this repository compare
// more (engine/enginetest), but only on the machines they run on. This package is for the others:
// a processor, a driver or a libtorch that nobody has tried, and a binary without its source.
package selftest
