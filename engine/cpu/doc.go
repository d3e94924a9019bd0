// Package cpu is the engine for ordinary processors: float32 or bfloat16
// activations, float32 weights and sums, and products from package internal/kernel.
//
// Compile turns a program into a plan: a list of nodes, each one operation or several
// computed together (plan.go, fuse.go). The one idea is that the trunk of the network
// has no batch normalisation, so each image flows through it independently: layers with
// many locations and few weights form a chain (chain.go), through which tiles of images
// go depth-first, forward and backward, while they are in the cache; what backward
// needs is kept, or recomputed where that is faster. Layers with many weights run one
// after another over the whole batch.
//
// A node owns no memory: values and gradients lie in buffers that memory.go
// hands out and reuses once they are no longer needed. Work is split by images,
// or by rows, and shared among a pool of workers; sums are split into parts
// that depend on shapes alone, so one thread and sixteen give the same bytes.
//
// In a group of processes (group.go), whatever one process would sum over its rows is
// also summed over the processes; gradients are sent while backward is still running
// (bucket.go). A contrastive loss scores the antecedents of all processes (whole.go)
// against the consequents of each, and adds up the results (partition.go).
//
// Convolution is in filter.go: its weights and the forward product. The gradient with
// respect to its input is in filter_data.go, that with respect to its weights in
// filter_gradient.go (within a chain) and filter_shared.go (all workers together).
package cpu
