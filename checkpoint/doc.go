// Package checkpoint keeps the state of a run in one safetensors file: weights,
// BatchNorm statistics and Adam's moments as tensors, everything else as
// metadata, under one checksum.
//
// The one idea is that a file is either the whole old state or the whole new
// one, and says so itself. The new file is written beside the old one, synced
// and renamed, then the folder is synced; the previous file is kept. The
// checksum covers every byte, header included, so that a flipped bit anywhere is
// an error, never a slightly different run.
//
//	err := checkpoint.Write(path, state, vars, meta) // state is an engine.State
//	…
//	r, err := checkpoint.Open(path)
//	defer r.Close()
//	err = r.Restore(state)
//
// The format is https://github.com/huggingface/safetensors (version 0.5), so
// that other tools read the weights too. Reader and writer are our own: the
// available Go libraries accept the same tensor name twice, and none writes
// atomically or streams, so a large network would be held in memory twice.
package checkpoint
