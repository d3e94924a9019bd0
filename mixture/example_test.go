package mixture_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/mixture"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

func Example() {
	m := model.Config{
		Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, TClip: 20, Std: [3]float64{1, 1, 1},
		Mix: model.Mix{K: 3, Tau: 2},
	}
	cpu, err := cpu.New(cpu.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cpu.Close()
	s, err := mixture.New(cpu, m, encoder.Random(1), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	ctx, negatives := context.Background(), mixture.DefaultNegatives()
	negatives.Refresh.Images = 20
	from := mixture.Source{Data: "shapes:size=32,train=20", Transform: augment.CIFAR()}
	if _, err := s.Prepare(ctx, from, negatives); err != nil {
		fmt.Println(err)
		return
	}
	img, c := tensor.NewImage(40, 60), mixture.Default()
	grid, err := s.Components(ctx, img, c)
	if err != nil {
		fmt.Println(err)
		return
	}
	labels, confidence, err := c.Cut(ctx, grid, img, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Negatives().Count, "negatives,", grid.K, "components")
	fmt.Println(labels.H, "×", labels.W, "labels,", len(confidence), "probabilities")
	// Output:
	// 80 negatives, 3 components
	// 40 × 60 labels, 2400 probabilities
}
