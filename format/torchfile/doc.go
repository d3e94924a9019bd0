// Package torchfile reads and writes the tensors of PyTorch's .pth files: the zip
// form of torch 1.6 and later, and the form before it.
//
// Such a file is a pickle, a program in a small language of Python's, beside the
// raw numbers. The one idea is that the program runs on a machine that knows
// tensors, numbers, strings, lists and dictionaries and nothing else: anything
// else a pickle asks for, a function to call or a class to build, is an error
// that names it. No file can make this package do anything but return values.
//
//	f, err := torchfile.Open("amdim_cpt.pth")
//	defer f.Close()
//	state, _ := f.Root.Value("model")
//	…
//	v, err := tensor.Float32s() // row-major, read only now
//
// The machine is our own: github.com/nlpodyssey/gopickle v0.2.0, the usual
// library, allocates a string or a storage of whatever length the file claims,
// reads all tensors at once, and panics on two forms of the file.
package torchfile
