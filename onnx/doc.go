// Package onnx writes a frozen network as an ONNX file, which ONNX Runtime and
// many others run.
//
// The one idea is that a network is data: the writer walks over the operations of
// a graph.Program and writes the node of each. The file's own input is what users
// of ONNX expect, "image", float32 (n, 3, px, px) in [0, 1]; normalisation is
// inside. Everything is NCHW there, so f5 and f7 come out as (n, c, d, d).
//
//	err := onnx.Write(w, config.Encode("f1", "f5", "f7"), onnx.Options{Array: array, Metadata: m})
//
// The format is a protobuf message ModelProto (onnx/onnx.proto), here of opset 13
// and IR version 7. Weights are written as they are read: never two of them in memory.
package onnx
