package augment

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// SubPolicies is a searched policy: lists of steps that are applied one after another.
type SubPolicies [][]Step

// Step is an operation of a searched policy, applied with probability P. Level 0–1
// goes from the least to the largest value of the operation's range: shear ±0.3,
// translation ±0.45 of the side, rotation ±30°, Solarize 0–256, Posterize 4–8 bits,
// Contrast, Color, Brightness and Sharpness 0.1–1.9, Cutout 0–0.2 of the width (Lim
// et al. 2019, "Fast AutoAugment", arXiv 1905.00397; the ranges of its code). In
// JSON it is a list: ["Rotate", 0.7, 0.25].
type Step struct {
	Op       string
	P, Level float64
}

func (s SubPolicies) validate() error {
	for i, steps := range s {
		if len(steps) == 0 || len(steps) > maxSteps {
			return fmt.Errorf("sub-policy %d has %d operations, need 1 to %d", i+1, len(steps), maxSteps)
		}
		for _, step := range steps {
			if err := step.validate(); err != nil {
				return fmt.Errorf("sub-policy %d: %w", i+1, err)
			}
		}
	}
	return nil
}

func (s Step) validate() error {
	if _, err := operationNamed(s.Op); err != nil {
		return err
	}
	if !(0 <= s.P && s.P <= 1) {
		return fmt.Errorf("%s: probability %g is not in [0, 1]", s.Op, s.P)
	}
	if !(0 <= s.Level && s.Level <= 1) {
		return fmt.Errorf("%s: level %g is not in [0, 1]", s.Op, s.Level)
	}
	return nil
}

// String identifies a searched policy without listing it.
func (s SubPolicies) String() string {
	if len(s) == 0 {
		return "none"
	}
	text, err := json.Marshal(s)
	if err != nil { // NaN or an infinity, which Validate rejects
		text = []byte(err.Error())
	}
	return fmt.Sprintf("%d sub-policies (SHA-256 %.8x…)", len(s), sha256.Sum256(text))
}

// MarshalJSON writes a step as a list.
func (s Step) MarshalJSON() ([]byte, error) { return json.Marshal([]any{s.Op, s.P, s.Level}) }

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Step) UnmarshalJSON(text []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	if len(items) != 3 {
		return fmt.Errorf("augment: %s is not [operation, probability, level]", text)
	}
	for i, field := range []any{&s.Op, &s.P, &s.Level} {
		if string(items[i]) == "null" {
			return fmt.Errorf("augment: null in %s", text)
		}
		if err := json.Unmarshal(items[i], field); err != nil {
			return err
		}
	}
	return nil
}

// action is what the step stands for; Validate has accepted its name.
func (s Step) action() action {
	op, _ := operationNamed(s.Op)
	o := operations[op]
	return action{op, s.P, o.lo + float64(s.Level*(o.hi-o.lo)), o.geometric}
}

// operationNamed returns the operation with a given name in a searched policy.
func operationNamed(name string) (operation, error) {
	for op := opShearX; op <= opCutout; op++ {
		if operations[op].name == name {
			return op, nil
		}
	}
	if name == "SamplePairing" {
		return 0, fmt.Errorf("SamplePairing is not supported: it mixes two images, a view is of one; leave it out")
	}
	var names []string
	for _, o := range operations[opShearX:] {
		names = append(names, o.name)
	}
	if near, ok := spelling.Nearest(name, names); ok {
		return 0, fmt.Errorf("unknown operation %q: did you mean %q?", name, near)
	}
	return 0, fmt.Errorf("unknown operation %q, need one of %s", name, strings.Join(names, ", "))
}
