package graph_test

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/tensor"
)

// A network is data: built once with the number of rows open, then bound.
func Example() {
	norm := []float32{0.5, 0.5, 0.5}
	b := graph.NewBuilder("tiny")
	x := b.Input("images", graph.Input{DType: tensor.Uint8, Mean: norm, Std: norm}, graph.Any, 8, 8, 3)
	x = b.Conv2D("stem", x, graph.Conv2D{Out: 16, K: 3, Stride: 1, Bias: true}, graph.FanIn())
	b.Check(x, graph.Any, 6, 6, 16)
	x = b.Reshape("pooled", b.AvgPool("pool", b.ReLU("relu", x), 6, 1), 16)
	b.Output("features", x)
	labels := b.Input("labels", graph.Input{DType: tensor.Int32}, graph.Any)
	loss, _, _ := b.SoftmaxXent("xent", x, labels, 10)
	b.Loss(loss, 1)

	p, err := b.Program().Bind(32, 0, 0)
	if err != nil {
		panic(err)
	}
	cost := p.Cost()
	fmt.Println(p.Values[p.Outputs[0].Value].Shape, cost.Parameters, "parameters", cost.Forward, "FLOPs")
	// Output: [32 16] 448 parameters 995328 FLOPs
}
