package model

import (
	"fmt"
	"hash/fnv"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/tensor"
)

// Initialize sets every variable to its initial value by its own rule (PAPER
// 3.5). Draws depend only on the seed and the variable's name, so that adding a
// head or probe changes nothing for the rest.
func Initialize(vars []graph.Var, seed uint64, set func(name string, v []float32) error) error {
	for _, v := range vars {
		h := fnv.New32a()
		h.Write([]byte(v.Name))
		s := rng.New(seed, 0, int(h.Sum32()), rng.Init)
		w := make([]float32, tensor.Size(v.Shape))
		v.Fill(w, s.Uniform)
		if err := set(v.Name, w); err != nil {
			return fmt.Errorf("model: initialize %s: %w", v.Name, err)
		}
	}
	return nil
}
