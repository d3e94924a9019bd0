package tiny

import (
	"testing"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/engine/cpu"
	"github.com/amdim/amdim/model"
)

// Model is an encoder for images of 32 pixels, whose f1 has 16 numbers.
func Model() model.Config {
	return model.Config{
		Px: 32, NDF: 4, NRKHS: 16, NDepth: 1, TClip: 20,
		Mean: [3]float64{0.5, 0.5, 0.5}, Std: [3]float64{0.25, 0.25, 0.25},
	}
}

// Shapes are n generated images of size × size pixels.
func Shapes(t *testing.T, size, n int, split data.Split) data.Dataset {
	t.Helper()
	c := data.DefaultShapes()
	c.Size, c.Train, c.Test = size, n, n
	set, err := data.NewShapes(c, split)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// CPU is the engine on all cores, in float32. It is closed when the test ends.
func CPU(t *testing.T) *cpu.Engine {
	t.Helper()
	e, err := cpu.New(cpu.Config{Precision: cpu.F32})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}
