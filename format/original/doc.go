// Package original reads and writes checkpoints in the layout of the authors'
// code (github.com/Philip-Bachman/amdim-public): what torch.save makes of
//
//	{"model": state dict, "hyperparams": {...}, "cursor": {...}}
//
// The one idea is one list, layout: each variable of our network beside its key
// and its order of axes in theirs. Read and Write both walk over it, so what is
// written is read back to the same bits. Their network always contains
// BatchNorm modules, used or not; ours contains only those that are used.
//
//	o, err := original.Open("amdim_cpt.pth")
//	defer o.Close()
//	err = checkpoint.Write(path, o, o.Vars(), meta) // o is a checkpoint.Source
//
// Their file does not say how images are prepared: in their code the data set
// decides that. A file written by Write says it under "preprocessing".
package original
