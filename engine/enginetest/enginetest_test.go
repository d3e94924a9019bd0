package enginetest_test

import (
	"testing"

	"github.com/amdim/amdim/engine/enginetest"
	"github.com/amdim/amdim/engine/ref"
)

// The reference passes with no room at all: both sides are the same.
func TestRun(t *testing.T) {
	enginetest.Run(t, ref.New(), enginetest.Options{Forward: 1e-300, Grad: 1e-300})
}

func TestGradient(t *testing.T) { enginetest.Gradient(t, ref.New()) }
