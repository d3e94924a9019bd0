// Package cpu is the engine for ordinary processors: float32 or bfloat16
// activations, float32 weights and sums, products by package internal/kernel.
//
// Compile turns a program into a plan: a list of nodes, each an operation or a
// convolution with the ReLU or the residual sum that follows it (plan.go). A
// node owns no memory: values and their gradients lie in the exec's buffers,
// and a gradient's memory serves the next value when it has been used. Work is
// cut by images, or by rows, and shared by a pool; sums are cut in parts that
// depend on shapes alone, so one thread and sixteen give the same bytes.
//
// A convolution happens in conv.go (forward), conv_data.go (gradient by its
// input) and conv_weights.go (gradient by its weights).
package cpu
