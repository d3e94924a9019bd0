// Package cpu is the engine for ordinary processors: float32 or bfloat16
// activations, float32 weights and sums, products by package internal/kernel.
//
// Compile turns a program into a plan: a list of nodes, each an operation or
// several that are computed together (plan.go, fuse.go). The one idea is that the
// trunk of the network has no batch normalisation, so an image flows through it
// alone: layers with many locations and few weights form a chain (chain.go),
// through which tiles of images go depth-first, forward and backward, while they
// are in the cache; what backward needs is kept, or computed again where that is sooner
// done. Layers with many weights go one after the other over the whole batch.
//
// A node owns no memory: values and gradients lie in buffers that memory.go
// hands out, and what is no longer needed serves again. Work is cut by images,
// or by rows, and shared by a pool; sums are cut in parts that depend on shapes
// alone, so one thread and sixteen give the same bytes.
//
// In a group of processes (group.go) nodes sum over the others what one process would
// sum over its rows; gradients go over while backward works (bucket.go). A contrastive
// loss has the antecedents of all processes (whole.go) meet the consequents of each,
// and adds up what they come to (partition.go).
//
// A convolution happens in filter.go: its weights, and the product forward. The
// gradient by its input is in filter_data.go, that by its weights in
// filter_gradient.go (within a chain) and filter_shared.go (all workers together).
package cpu
