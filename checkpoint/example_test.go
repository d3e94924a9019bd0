package checkpoint_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/amdim/amdim/checkpoint"
	"github.com/amdim/amdim/graph"
)

type weights []float32

func (w weights) Each(f func(name string, v []float32) error) error { return f("w", w) }

func (w weights) Set(_ string, v []float32) error { copy(w, v); return nil }

func Example() {
	dir, err := os.MkdirTemp("", "checkpoint")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "checkpoint.safetensors")
	vars := []graph.Var{{Name: "w", Shape: []int{2, 1}}}
	if err := checkpoint.Write(path, weights{1, 2}, vars, map[string]string{"note": "first"}); err != nil {
		fmt.Println(err)
		return
	}
	r, err := checkpoint.Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	w := make(weights, 2)
	fmt.Println(r.Restore(w), w, r.Entries[0].Shape, r.Meta["note"])
	// Output: <nil> [1 2] [2 1] first
}
