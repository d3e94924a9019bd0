package classify

import (
	"errors"
	"fmt"
	"slices"

	"github.com/amdim/amdim/tensor"
)

// check returns an error that names the first part of a classifier that cannot be used.
func (c *Classifier) check() error {
	if err := c.checkNames(); err != nil {
		return err
	}
	if err := c.checkNumbers(); err != nil {
		return err
	}
	if c.Images < 1 {
		return fmt.Errorf("learnt from %d images, need some", c.Images)
	}
	if !(c.sharpness > 0 && c.sharpness <= mostSharp) {
		return fmt.Errorf("sharpness = %v, need above 0, at most %d", c.sharpness, mostSharp)
	}
	return c.Estimate.check()
}

func (c *Classifier) checkNames() error {
	if len(c.Classes) < 2 {
		return fmt.Errorf("%d classes, need two", len(c.Classes))
	}
	if len(c.Classes) != c.linear.Classes {
		return fmt.Errorf("%d names for %d classes", len(c.Classes), c.linear.Classes)
	}
	names := slices.Sorted(slices.Values(c.Classes))
	for i, name := range names[1:] {
		if name == names[i] {
			return fmt.Errorf("two classes are called %q", name)
		}
	}
	return nil
}

func (c *Classifier) checkNumbers() error {
	dim, classes := c.linear.Dim, c.linear.Classes
	if dim < 1 {
		return errors.New("vectors of no numbers")
	}
	if n := len(c.linear.Weight); n%classes != 0 || n/classes != dim { // the product might overflow
		return fmt.Errorf("weight has %d numbers, need %d for each of %d dimensions", n, classes, dim)
	}
	for _, a := range []struct {
		name string
		v    []float32
		n    int
	}{
		{"mean", c.moments.Mean, dim}, {"rstd", c.moments.RStd, dim},
		{"weight", c.linear.Weight, len(c.linear.Weight)}, {"bias", c.linear.Bias, classes},
	} {
		if len(a.v) != a.n {
			return fmt.Errorf("%s has %d numbers, need %d", a.name, len(a.v), a.n)
		}
		if i := tensor.NonFinite(a.v); i >= 0 {
			return fmt.Errorf("number %d of %s is %v", i, a.name, a.v[i])
		}
	}
	if i := slices.IndexFunc(c.moments.RStd, func(r float32) bool { return r < 0 }); i >= 0 {
		return fmt.Errorf("number %d of rstd is %v, need 0 or more", i, c.moments.RStd[i])
	}
	return nil
}

// check returns an error for what no cross-validation gives.
func (e Estimate) check() error {
	if e.Images < 0 || e.Distinct < 0 || e.Distinct > e.Images {
		return fmt.Errorf("an estimate from %d images, %d distinct", e.Images, e.Distinct)
	}
	for _, share := range []float64{
		e.Accuracy, e.Chance, e.Even, e.Interval.Low, e.Interval.High, e.EvenInterval.Low, e.EvenInterval.High,
	} {
		if !(share >= 0 && share <= 1+1e-9) { // sums over classes round
			return fmt.Errorf("%v in an estimate, need 0 to 1", share)
		}
	}
	return nil
}
