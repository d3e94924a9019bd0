package model_test

import (
	"fmt"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/model"
)

func Example() {
	c := model.Config{
		Px: 32, NDF: 64, NRKHS: 512, NDepth: 3, Lambda: 4e-2, TClip: 20,
		Mean: [3]float64{0.491, 0.482, 0.447}, Std: [3]float64{0.247, 0.243, 0.262},
	}
	if err := c.Validate(); err != nil {
		panic(err)
	}
	train := c.Pretrain(10)
	const images = 128
	bound, err := train.Bind(2*images, 0, 0)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%.1f M parameters in the encoder\n", float64(graph.Parameters(train.Vars, "encoder."))/1e6)
	fmt.Printf("%.2f GFLOP per pair\n", float64(bound.Cost().Train)/images/1e9)
	// Output:
	// 4.0 M parameters in the encoder
	// 1.82 GFLOP per pair
}
