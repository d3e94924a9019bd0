package eval

import (
	"fmt"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/encoder"
)

// MaxValidation is the largest share of the train images that may be held out.
const MaxValidation = 0.5

// HoldOut divides train images: a share of each class becomes e.Test, to choose settings by
// without the test images, and the rest e.Train, for the probes to learn from. Which images
// are held out does not depend on which can be read.
func (e *Evaluation) HoldOut(images *encoder.Images, share float64) error {
	if !(share > 0 && share <= MaxValidation) {
		return rangeErrorf("eval: validation = %g, need more than 0 and at most %g", share, MaxValidation)
	}
	chosen := data.Validation(images.All(), share)
	rest, held := among(images, chosen, false), among(images, chosen, true)
	if held.Len() == 0 {
		return fmt.Errorf("eval: none of %d train images can be held out for validation: "+
			"no class has two that can be read", images.Len())
	}
	e.Train, e.Test, e.validation = rest, held, share
	return nil
}

// partOf names the images that accuracies are of, by the share of train images that
// they are.
func partOf(share float64) string {
	if share > 0 {
		return "validation"
	}
	return "test"
}

// part names the images that are not learnt from.
func (e *Evaluation) part() string { return partOf(e.validation) }

// among are the images whose names are chosen, or those whose names are not. Data whose
// images have numbers for names are never without some: the numbers are the same in Whole.
func among(m *encoder.Images, chosen map[string]bool, whether bool) *encoder.Images {
	part := *m
	part.Dataset = data.Select(m.Dataset, func(i int) bool { return chosen[data.Name(m.Dataset, i)] == whether })
	if m.Whole != nil {
		part.Whole = data.Select(m.Whole, func(i int) bool { return chosen[data.Name(m.Whole, i)] == whether })
	}
	return &part
}
