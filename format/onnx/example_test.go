package onnx_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/amdim/amdim/format/onnx"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

func ExampleWrite() {
	b := graph.NewBuilder("tiny")
	image := graph.Input{DType: tensor.Uint8, Mean: []float32{0.5, 0.5, 0.5}, Std: []float32{1, 1, 1}}
	x := b.Input("images", image, graph.Any, 8, 8, 3)
	b.Output("features", b.Conv2D("stem", x, graph.Conv2D{Out: 4, K: 3, Stride: 1, Bias: true}, graph.FanIn()))
	weights := map[string][]float32{"stem.weight": make([]float32, 3*3*3*4), "stem.bias": make([]float32, 4)}

	var file bytes.Buffer
	err := onnx.Write(&file, b.Program(), onnx.Options{
		Array:    func(name string) ([]float32, error) { return weights[name], nil },
		Metadata: map[string]string{"px": "8"},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, op := range []string{"BatchNormalization", "Conv"} {
		fmt.Println(op, bytes.Contains(file.Bytes(), []byte(op)))
	}
	// Output:
	// BatchNormalization false
	// Conv true
}
