package augment

import (
	"fmt"
	"strings"

	"github.com/amdim/amdim/internal/rng"
	"github.com/amdim/amdim/internal/spelling"
)

// PolicyConfig is a policy of distortions: a built-in one by name, or the
// sub-policies of a searched one. Each view draws one sub-policy, all equally
// likely. Zero is off.
type PolicyConfig struct {
	Name string      `json:"name,omitzero"` // one of Policies; empty: Sub
	N    int         `json:"n,omitzero"`    // randaugment: operations per view, 1–8
	M    int         `json:"m,omitzero"`    // randaugment: their magnitude, 0–30
	Sub  SubPolicies `json:"sub,omitzero"`
}

// Policies returns the names of the built-in policies.
func Policies() []string { return []string{"autoaugment-imagenet", "autoaugment-cifar10", randAugment} }

// Policy returns the built-in policy with a given name; "none" is off.
func Policy(name string) (PolicyConfig, error) {
	switch name {
	case "none":
		return PolicyConfig{}, nil
	case randAugment:
		return PolicyConfig{Name: name, N: 2, M: 9}, nil
	}
	p := PolicyConfig{Name: name}
	return p, p.checkName()
}

// maxSteps is how many operations one view may go through.
const maxSteps = 8

// Validate returns an error that names the first field out of range.
func (p PolicyConfig) Validate() error {
	if err := p.checkName(); err != nil {
		return err
	}
	if p.Name != "" && len(p.Sub) > 0 {
		return fmt.Errorf("policy.name = %s and policy.sub cannot be combined", p.Name)
	}
	if p.Name != randAugment && (p.N != 0 || p.M != 0) {
		return fmt.Errorf("policy.n = %d and policy.m = %d are for %s alone", p.N, p.M, randAugment)
	}
	if p.Name == randAugment && !(1 <= p.N && p.N <= maxSteps) {
		return fmt.Errorf("policy.n = %d is not in [1, %d]", p.N, maxSteps)
	}
	if !(0 <= p.M && p.M < randAugmentBins) {
		return fmt.Errorf("policy.m = %d is not in [0, %d]", p.M, randAugmentBins-1)
	}
	return p.Sub.validate()
}

func (p PolicyConfig) checkName() error {
	if p.Name == "" || p.Name == randAugment || builtIn[p.Name] != nil {
		return nil
	}
	if near, ok := spelling.Nearest(p.Name, Policies()); ok {
		return fmt.Errorf("unknown policy %q: did you mean %q?", p.Name, near)
	}
	return fmt.Errorf("unknown policy %q, need one of %s", p.Name, strings.Join(Policies(), ", "))
}

// Off reports whether views are left undistorted.
func (p PolicyConfig) Off() bool { return p.Name == "" && len(p.Sub) == 0 }

// action is an operation that a policy may apply.
type action struct {
	op     operation
	p      float64 // probability
	value  float64 // in the units of operations
	mirror bool    // with probability ½ the change goes the other way
}

// draw decides which operations a view goes through. A step makes its draws
// whether it is applied or not.
func (p PolicyConfig) draw(s *rng.Stream) (all [maxSteps]distortion) {
	switch {
	case len(p.Sub) > 0:
		for i, step := range p.Sub[s.IntN(len(p.Sub))] {
			all[i] = step.action().draw(s)
		}
	case p.Name == randAugment:
		for i := range p.N {
			all[i] = randAugmentActions[p.M][s.IntN(len(randAugmentOperations))].draw(s)
		}
	case p.Name != "":
		sub := builtIn[p.Name]
		for i, a := range sub[s.IntN(len(sub))] {
			all[i] = a.draw(s)
		}
	}
	return all
}

func (a action) draw(s *rng.Stream) distortion {
	done, mirrored := s.Bool(a.p), s.Bool(0.5)
	d := distortion{a.op, a.value, s.Float64(), s.Float64()}
	if a.mirror && mirrored {
		d.value = -d.value
		if !operations[a.op].geometric { // a factor of 1 is no change
			d.value += 2
		}
	}
	if !done {
		return distortion{}
	}
	return d
}
