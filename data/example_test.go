package data_test

import (
	"context"
	"fmt"
	"log"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/tensor"
)

func Example() {
	set, err := data.Open("shapes:train=256", data.Train, data.Options{})
	if err != nil {
		log.Fatal(err)
	}
	newFill := func() data.Fill { // here two plain copies; package augment makes views
		return func(img tensor.Image, epoch, index int, views [][]uint8) {
			copy(views[0], img.Pix)
			copy(views[1], img.Pix)
		}
	}
	config := data.LoaderConfig{Batch: 64, Size: 32, Views: 2}
	loader, err := data.NewLoader(context.Background(), set, config, newFill)
	if err != nil {
		log.Fatal(err)
	}
	defer loader.Close()
	for range 5 {
		b, err := loader.Next()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(b.Cursor, b.Views.Shape, len(b.Indices))
		b.Release()
	}
	// Output:
	// {0 0} [128 32 32 3] 64
	// {0 1} [128 32 32 3] 64
	// {0 2} [128 32 32 3] 64
	// {0 3} [128 32 32 3] 64
	// {1 0} [128 32 32 3] 64
}
