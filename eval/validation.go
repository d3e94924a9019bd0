package eval

import (
	"fmt"

	"github.com/amdim/amdim/data"
)

// MaxValidation is the largest share of the train images that may be held out.
const MaxValidation = 0.5

// HoldOut divides train images: held is a share of each class, to choose settings by
// without the test images; rest is for the probes to learn from. Which images are held
// does not depend on which can be read.
func (m *Images) HoldOut(share float64) (rest, held *Images, err error) {
	if !(share > 0 && share <= MaxValidation) {
		return nil, nil, rangeErrorf("eval: validation = %g, need more than 0 and at most %g", share, MaxValidation)
	}
	chosen := data.Validation(m.All(), share)
	rest, held = m.among(chosen, false), m.among(chosen, true)
	if held.share = share; held.Len() == 0 {
		return nil, nil, fmt.Errorf("eval: none of %d train images can be held out for validation: "+
			"no class has two that can be read", m.Len())
	}
	return rest, held, nil
}

// partOf names the images that accuracies are of, by the share of train images that
// they are.
func partOf(share float64) string {
	if share > 0 {
		return "validation"
	}
	return "test"
}

// part names the images among those of an evaluation that are not learnt from.
func (m *Images) part() string { return partOf(m.share) }

// among are the images whose names are chosen, or those whose names are not. Data whose
// images have numbers for names are never without some: the numbers are the same in Whole.
func (m *Images) among(chosen map[string]bool, whether bool) *Images {
	part := *m
	part.Dataset = data.Select(m.Dataset, func(i int) bool { return chosen[data.Name(m.Dataset, i)] == whether })
	if m.Whole != nil {
		part.Whole = data.Select(m.Whole, func(i int) bool { return chosen[data.Name(m.Whole, i)] == whether })
	}
	return &part
}
