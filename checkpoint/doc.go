// Package checkpoint keeps the state of a run in one safetensors file: weights,
// BatchNorm statistics and Adam's moments as tensors, everything else as
// metadata, under one checksum.
//
// The one idea is that a file is either the whole old state or the whole new
// one, and says so itself. It is written beside, synced, renamed, and the folder
// synced; the file before it is kept. The checksum covers every byte, header
// included, so that a flipped bit anywhere is an error and never a slightly
// different run.
//
//	err := checkpoint.Write(path, state, vars, meta) // state is an engine.State
//	…
//	r, err := checkpoint.Open(path)
//	defer r.Close()
//	err = r.Restore(state)
//
// The format is https://github.com/huggingface/safetensors (version 0.5), so
// that other tools read the weights too. Reader and writer are our own: the Go
// libraries at hand let a tensor's name stand twice, and none writes atomically
// or streams, so that a large network would be held in memory twice.
package checkpoint
