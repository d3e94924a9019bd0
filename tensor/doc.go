// Package tensor holds arrays as a shape and a slice.
//
// The layout, stated here for the whole project: activations are NHWC, that is
// (batch, height, width, channel), convolution weights are HWIO (kernel height,
// kernel width, input channel, output channel), linear weights are (input,
// output); all row-major, without strides.
//
//	x := tensor.NewUint8(2, 32, 32, 3)
//	x.U8[0] = 255
package tensor
