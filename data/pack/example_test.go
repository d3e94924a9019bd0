package pack_test

import (
	"context"
	"fmt"
	"os"

	"github.com/amdim/amdim/data/pack"
	"github.com/amdim/amdim/tensor"
)

// grey are three images of 2×4 px, each another grey.
type grey struct{}

func (grey) Len() int          { return 3 }
func (grey) Label(i int) int   { return i % 2 }
func (grey) Classes() []string { return []string{"even", "odd"} }
func (grey) Digest() string    { return "grey" }

func (grey) Image(i int) (tensor.Image, error) {
	img := tensor.NewImage(2, 4)
	for k := range img.Pix {
		img.Pix[k] = uint8(100 * i)
	}
	return img, nil
}

func Example() {
	dir, err := os.MkdirTemp("", "pack")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	task := pack.Task{Spec: "grey", Sources: []pack.Source{{Split: "train", Images: grey{}}}}
	if _, err := pack.Write(context.Background(), dir, task); err != nil {
		fmt.Println(err)
		return
	}
	p, err := pack.Open(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	train, _ := p.Split("train")
	img, err := train.Image(2)
	fmt.Println(train.Len(), train.Name(2), train.Classes()[train.Label(2)], img.H, img.W, img.At(1, 3), err)
	// Output: 3 train/2 even 2 4 [200 200 200] <nil>
}
