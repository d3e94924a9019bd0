package ref_test

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/engine/ref"
	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/optim"
	"github.com/amdim/amdim/tensor"
)

// One logistic regression step by hand and by the reference engine: with zero
// weights both classes have probability ½, so the gradient is ±x/2.
func Example() {
	b := graph.NewBuilder("logistic")
	x := b.Input("x", graph.Input{}, 1, 2)
	labels := b.Input("labels", graph.Input{DType: tensor.Int32}, 1)
	logits := b.Linear("linear", x, graph.Linear{Out: 2}, graph.Zeros())
	loss, _, _ := b.SoftmaxXent("xent", logits, labels, 0)
	b.Loss(loss, 1)
	b.Output("loss", loss)
	p := b.Program()

	s, err := ref.New().NewState(p.Vars, engine.Options{Adam: optim.DefaultAdam()})
	if err != nil {
		panic(err)
	}
	step, err := s.Compile(p)
	if err != nil {
		panic(err)
	}
	in := []tensor.Tensor{tensor.NewFloat32(1, 2), tensor.NewInt32(1)}
	copy(in[0].F32, []float32{3, -1})
	out, d, err := step.(*ref.Exec).Grad64(in)
	if err != nil {
		panic(err)
	}
	fmt.Printf("loss %.4f, gradient %.1f\n", out["loss"][0], d["linear.weight"])
	// Output: loss 0.6931, gradient [-1.5 1.5 0.5 -0.5]
}
