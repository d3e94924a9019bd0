package kernel_test

import (
	"fmt"

	"github.com/amdim/amdim/internal/kernel"
)

// The product of two rows of three and a 3 × 2 matrix, packed as one panel.
func Example() {
	set, err := kernel.ByName("generic")
	if err != nil {
		panic(err)
	}
	p := &set.F32

	w := []float32{
		1, 10,
		2, 20,
		3, 30,
	}
	panel := make([]float32, p.PackedLen(3, 2))
	p.PackF32(panel, w, 2, 3, 2)

	x := []float32{
		1, 0, 0,
		0, 1, -1,
	}
	sums := make([]float32, 2*kernel.PanelCols)
	p.Gemm(sums, kernel.PanelCols, x, 3, panel, 2, 3, false)

	y := make([]float32, 2*2)
	p.Store(y, 2, sums, kernel.PanelCols, 2, 2, kernel.Epilogue[float32]{ReLU: true})
	fmt.Println(y[:2])
	fmt.Println(y[2:])
	// Output:
	// [1 10]
	// [0 0]
}
