package segment_test

import (
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
