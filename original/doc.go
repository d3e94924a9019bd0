// Package original reads and writes checkpoints in the layout of the authors'
// code (github.com/Philip-Bachman/amdim-public): what torch.save made of
//
//	{"model": state dict, "hyperparams": {...}, "cursor": {...}}
//
// The one idea is one list, layout: each variable of our network beside its key
// and its order of axes in theirs. Read and Write walk over it, so that what is
// written is read back to the same bits. Their network always holds BatchNorm
// modules, used or not; ours holds those that are used.
//
//	o, err := original.Open("amdim_cpt.pth")
//	defer o.Close()
//	err = checkpoint.Write(path, o, o.Vars(), meta) // o is a checkpoint.Source
//
// Their file does not say how images are prepared: a set of images decides that
// in their code. A file that Write wrote says it under "preprocessing".
package original
