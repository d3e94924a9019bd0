// Package torch is the engine on libtorch, on GPUs and across machines. A
// program is passed once, as JSON, to a C++ shim (folder shim, a C ABI), which
// builds the step from it; torch's autograd gives the gradients, and its process
// groups join processes: NCCL between GPUs, Gloo between CPUs.
//
//	lib, err := torch.Open("")                       // the shim that "make torch" built
//	g, err := lib.Join(torch.Place{…})               // one of several processes
//	e, err := lib.NewEngine(torch.Config{Device: "cuda"})
//
// The shim is loaded at run time without cgo, in builds with the tag torch on
// Linux; elsewhere there is only Open, which reports that. The pure-Go engine
// joins the same groups: the Group of Join is an engine.Group.
package torch
