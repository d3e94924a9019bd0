package keyed_test

import (
	"fmt"

	"github.com/amdim/amdim/internal/keyed"
)

func Example() {
	type training struct {
		Batch int     `json:"batch"`
		LR    float64 `json:"lr"`
	}
	was, now := training{Batch: 64, LR: 2e-4}, training{Batch: 64, LR: 1e-3}
	for _, d := range keyed.Diff("train", was, now) {
		fmt.Println(d.Key, d.A, d.B)
	}
	// Output:
	// train.lr 0.0002 0.001
}
