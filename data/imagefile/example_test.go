package imagefile_test

import (
	"fmt"

	"github.com/amdim/amdim/data/imagefile"
)

// A photograph as the camera held it, and half as large.
func Example() {
	img, err := imagefile.Read("testdata/pictures/orientation-6.jpg", imagefile.Limits{})
	if err != nil {
		fmt.Println(err)
		return
	}
	small := imagefile.Reduce(img, 8)
	fmt.Printf("%d×%d, reduced to %d×%d\n", img.W, img.H, small.W, small.H)
	// Output: 24×16, reduced to 12×8
}
