// Package onnx writes a frozen network as an ONNX file, which ONNX Runtime and
// many other programs run.
//
// The one idea is that a network is data: the writer walks over the operations of
// a graph.Program and writes a node for each. The file's input is what users of
// ONNX expect, "image", float32 (n, 3, px, px) in [0, 1]; normalisation is inside
// the network. Everything is NCHW there, so f5 and f7 come out as (n, c, d, d).
//
//	err := onnx.Write(w, config.Encode("f1", "f5", "f7"), onnx.Options{Array: array, Metadata: m})
//
// The format is a protobuf message ModelProto (onnx/onnx.proto), here with opset 13 and
// IR version 7. Weights are written as they are read, so there are never two in memory.
package onnx
