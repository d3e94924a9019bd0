package segment_test

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/segment"
)

// A map is compared with what two people drew of the same image.
func Example() {
	m := segment.Map{W: 4, H: 2, Label: []int32{
		0, 0, 1, 1,
		0, 0, 1, 1,
	}}
	same := segment.Map{W: 4, H: 2, Label: []int32{
		5, 5, 2, 2,
		5, 5, 2, 2,
	}}
	finer := segment.Map{W: 4, H: 2, Label: []int32{
		0, 0, 1, 2,
		0, 0, 1, 2,
	}}
	a, err := segment.Agree(m, []segment.Map{same, finer})
	if err != nil {
		panic(err)
	}
	fmt.Printf("ARI %.2f, PRI %.2f, covering %.2f, VI %.2f bits\n",
		a.AdjustedRand, a.ProbabilisticRand, a.Covering, a.VariationOfInformation)
	// Output: ARI 0.85, PRI 0.93, covering 0.88, VI 0.25 bits
}

// Soft maps on a coarse grid become labels of pixels.
func ExampleGrid_Over() {
	grid := segment.Grid{
		W: 2, H: 1, K: 2, V: []float32{0.9, 0.1, 0.2, 0.8}, // two cells, two values each
		X0: 0.5, Y0: 0, DX: 4, DY: 1,
	}
	m, _, err := segment.Argmax(context.Background(), grid.Over(1, 6), 0)
	if err != nil {
		panic(err)
	}
	fmt.Println(m.Label)
	// Output: [0 0 0 1 1 1]
}
