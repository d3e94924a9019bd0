package augment_test

import (
	"bytes"
	"fmt"

	"github.com/amdim/amdim/augment"
	"github.com/amdim/amdim/tensor"
)

func Example() {
	img := tensor.NewImage(32, 32)
	for i := range img.Pix {
		img.Pix[i] = uint8(i) // stripes
	}
	c := augment.CIFAR()
	view1, view2 := make([]uint8, 32*32*3), make([]uint8, 32*32*3)
	var scratch augment.Scratch // one per worker
	c.Views(view1, view2, img, 1, 0, 0, &scratch)
	fmt.Println("views differ:", !bytes.Equal(view1, view2))

	again1, again2 := make([]uint8, 32*32*3), make([]uint8, 32*32*3)
	c.Views(again1, again2, img, 1, 0, 0, &scratch)
	fmt.Println("same draws, same bytes:", bytes.Equal(view1, again1) && bytes.Equal(view2, again2))
	// Output:
	// views differ: true
	// same draws, same bytes: true
}
