// Package cpu is the engine for ordinary processors: float32 or bfloat16
// activations, float32 weights and sums, and products from package internal/kernel.
//
// Compile turns a program into a plan (plan.go, fuse.go): a list of nodes, each one operation
// or several computed together, such as a convolution with the ReLU or the sum that follows it,
// or a whole residual layer. The one idea is that the trunk of the network has no batch
// normalisation, so each image flows through it independently. Layers with many locations and few
// weights form a chain (chain.go), through which tiles of a few images go depth-first, forward and
// backward, while they are in the cache. Layers with many weights run one after another over the
// whole batch (conv.go).
//
// Between the layers of a chain only what backward needs is kept for the batch, except values that
// are faster to recompute than to write and read back (Again of a kernel set: sums of at most 64
// terms, or 256 on AMX). Gradients of activations stay with the worker, and each worker sums weight
// gradients over a fixed part of the images.
//
// # Memory and workers
//
// A node owns no memory: values and gradients lie in buffers that memory.go hands out and reuses
// once they are no longer needed. Inference keeps only what is still to be read, and the gradient
// of a sum is passed on without a copy. Work is split by images, or by rows, and shared among a
// pool of workers. Sums are split into parts that depend on shapes alone, so one thread and sixteen
// give the same bytes. profile.go times operations on request ([engine.Profiler]): each worker's
// time counts towards the phase of the operation that the caller is in.
//
// # Convolutions
//
//	filter.go           weights, packed in panels of 32 columns, and the forward product: rows
//	                    (output locations) are gathered unless the input is already a matrix;
//	                    bias, residual and ReLU in the epilogue
//	filter_data.go      the gradient by the input: overlapping windows are summed in float32
//	filter_gradient.go  the gradient by the weights, in a chain for a tile of images: rows of both
//	                    operands are packed and multiplied
//	filter_shared.go    the same for large weights: parts of the batch and blocks of the weights,
//	                    each packed and multiplied by one worker, so that no core reads what
//	                    another has packed
//	residual.go         a residual layer in a chain: hidden values go from one product to the next
//	                    in blocks of rows
//
// Rows that lie a multiple of 1 KiB apart compete for a few sets of the L1 cache. Before a product
// they are copied to lie one cache line further apart (stride), which is 1.1 to 2.5 times as fast;
// tiles of AMX take them as they lie.
//
// # Contrastive losses
//
// contrast.go has the products of a contrastive loss. direction.go takes their rows, grouped by
// image, through three passes (negatives, positives, gradient) while the rows are in the cache.
//
// In a group of processes (group.go), whatever one process would sum over its rows is
// also summed over the processes; gradients are sent while backward is still running
// (bucket.go). A contrastive loss scores the antecedents of all processes (whole.go)
// against the consequents of each, and adds up the results (partition.go).
package cpu
