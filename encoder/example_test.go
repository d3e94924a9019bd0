package encoder_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/model"
)

func Example() {
	m := model.Config{Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, TClip: 20, Std: [3]float64{1, 1, 1}}
	cpu, err := cpu.New(cpu.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cpu.Close()
	e, err := encoder.New(cpu, m, encoder.Random(1))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer e.Close()
	set, err := data.Open("shapes:train=20,test=5", data.Test, data.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	images, err := encoder.NewImages(set, m.Px, augment.CIFAR())
	if err != nil {
		fmt.Println(err)
		return
	}
	features, err := e.Encode(context.Background(), images)
	fmt.Println(features.Len(), "vectors of", features.Dim, "numbers,", err)
	// Output: 5 vectors of 16 numbers, <nil>
}
