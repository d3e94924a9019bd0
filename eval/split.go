package eval

import (
	"fmt"

	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/feature"
	"github.com/amdim/amdim/tensor"
)

// Split are the features of both parts of a data set.
type Split struct{ Train, Test feature.Features }

// finite reports the first feature that is a NaN or an infinity, as an
// error that wraps *engine.NonFiniteError.
func (s Split) finite() error {
	for _, part := range []struct {
		name string
		feature.Features
	}{{"train", s.Train}, {"test", s.Test}} {
		if i := tensor.NonFinite(part.X); i >= 0 {
			value := fmt.Sprintf("feature %d of %s image %d", i%part.Dim, part.name, i/part.Dim)
			return fmt.Errorf("eval: %w", &engine.NonFiniteError{Op: "f1", Value: value})
		}
	}
	return nil
}
