package augment

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/amdim/amdim/internal/rng"
)

// searched is a Config with a searched policy of every operation.
func searched() Config {
	c := CIFAR().Strong()
	c.Policy = PolicyConfig{}
	for op := opShearX; op <= opCutout; op++ {
		step := Step{operations[op].name, 1, 0.1}
		c.Policy.Sub = append(c.Policy.Sub, []Step{step, {"Invert", 0.5, 0}})
	}
	return c
}

func TestStrongSurvivesItself(t *testing.T) {
	for _, px := range []int{32, 64, 128} {
		c := preset(t, px).Strong()
		if err := c.Validate(); err != nil {
			t.Error(err)
		}
		once, _ := json.Marshal(c)
		if twice, _ := json.Marshal(c.Strong()); string(once) != string(twice) {
			t.Errorf("%s became %s", once, twice)
		}
	}
}

func TestAPlainConfigKeepsItsJSON(t *testing.T) {
	text, err := json.Marshal(STL10())
	if err != nil || strings.Contains(string(text), "policy") || strings.Contains(string(text), "lighting") {
		t.Errorf("%s, %v", text, err)
	}
}

func TestPolicyValidateNamesTheField(t *testing.T) {
	for _, c := range []struct {
		p    PolicyConfig
		want string
	}{
		{PolicyConfig{Name: "autoaugment"}, `unknown policy "autoaugment"`},
		{PolicyConfig{Name: "randaugmnt", N: 1}, `did you mean "randaugment"?`},
		{PolicyConfig{Name: "randaugment"}, "policy.n = 0"},
		{PolicyConfig{Name: "randaugment", N: 9}, "policy.n = 9 is not in [1, 8]"},
		{PolicyConfig{Name: "randaugment", N: 2, M: 31}, "policy.m = 31 is not in [0, 30]"},
		{PolicyConfig{Name: "autoaugment-cifar10", N: 2}, "policy.n = 2 and policy.m = 0 are for randaugment"},
		{PolicyConfig{M: 2}, "policy.m = 2 are for randaugment"},
		{PolicyConfig{Name: "autoaugment-cifar10", Sub: searched().Policy.Sub}, "cannot be combined"},
		{PolicyConfig{Sub: SubPolicies{{}}}, "sub-policy 1 has 0 operations"},
		{PolicyConfig{Sub: SubPolicies{make([]Step, 9)}}, "sub-policy 1 has 9 operations, need 1 to 8"},
		{PolicyConfig{Sub: SubPolicies{{{"Color", 1, 1}}, {{"Colour", 1, 1}}}},
			`sub-policy 2: unknown operation "Colour": did you mean "Color"?`},
		{PolicyConfig{Sub: SubPolicies{{{"Flip", 1, 1}}}}, "need one of ShearX, ShearY"},
		{PolicyConfig{Sub: SubPolicies{{{"Identity", 1, 1}}}}, "unknown operation"},
		{PolicyConfig{Sub: SubPolicies{{{"SamplePairing", 1, 1}}}}, "mixes two images"},
		{PolicyConfig{Sub: SubPolicies{{{"Rotate", math.NaN(), 1}}}}, "Rotate: probability NaN"},
		{PolicyConfig{Sub: SubPolicies{{{"Rotate", 1.1, 1}}}}, "Rotate: probability 1.1 is not in [0, 1]"},
		{PolicyConfig{Sub: SubPolicies{{{"Rotate", 1, -0.1}}}}, "Rotate: level -0.1 is not in [0, 1]"},
	} {
		err := Config{Policy: c.p}.Validate()
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want %s", c.p, err, c.want)
		}
	}
}

// Levels of a searched policy against the ranges of Fast AutoAugment's code.
func TestLevelsSpanTheRange(t *testing.T) {
	for name, want := range map[string][2]float64{
		"ShearX": {-0.3, 0.3}, "ShearY": {-0.3, 0.3}, "TranslateX": {-0.45, 0.45}, "TranslateY": {-0.45, 0.45},
		"Rotate": {-30, 30}, "Solarize": {0, 256}, "Posterize": {4, 8}, "Contrast": {0.1, 1.9},
		"Color": {0.1, 1.9}, "Brightness": {0.1, 1.9}, "Sharpness": {0.1, 1.9}, "Cutout": {0, 0.2},
	} {
		for k, level := range []float64{0, 1} {
			if got := (Step{name, 1, level}).action().value; !(math.Abs(got-want[k]) <= 1e-12) {
				t.Errorf("%s at level %g is %g, want %g", name, level, got, want[k])
			}
		}
	}
}

// Bounds of this test are five standard errors.
func TestPolicyDrawsHaveTheStatedDistribution(t *testing.T) {
	const n = 20_000
	sub := PolicyConfig{Sub: SubPolicies{
		{{"Rotate", 0.3, 1}}, {{"Color", 1, 1}, {"Cutout", 1, 1}}, {{"Invert", 1, 1}},
	}}
	share := map[string]float64{}
	for item := range n {
		s := rng.New(3, 0, item, rng.Policy1)
		searched := sub.draw(&s)
		s = rng.New(3, 0, item, rng.Policy2)
		built := PolicyConfig{Name: "autoaugment-cifar10"}.draw(&s)
		random := PolicyConfig{Name: "randaugment", N: 2, M: 30}.draw(&s)
		for name, ok := range map[string]bool{
			"rotated": searched[0].op == opRotate, "turned left": searched[0].value == -30,
			"coloured":        searched[0] == distortion{op: opColor, value: 1.9, x: searched[0].x, y: searched[0].y},
			"cut left":        searched[1].op == opCutout && searched[1].x < 0.5,
			"inverted":        searched[0].op == opInvert,
			"equalized twice": built[0].op == opEqualize && built[1].op == opEqualize,
			"sheared":         random[1].op == opShearX,
			"dimmed":          random[0].op == opBrightness && random[0].value < 0.11,
		} {
			if ok {
				share[name]++
			}
		}
		if searched[2] != (distortion{}) || built[2] != (distortion{}) || random[2] != (distortion{}) {
			t.Fatalf("item %d: more steps than the policy has", item)
		}
	}
	for name, p := range map[string]float64{
		"rotated": 0.1, "turned left": 0.05, "coloured": 1. / 3, "cut left": 1. / 6, "inverted": 1. / 3,
		"equalized twice": (0.6*0.5 + 0.2*0.6) / 25, "sheared": 1. / 14, "dimmed": 1. / 28,
	} {
		if d := math.Abs(share[name]/n - p); !(d <= 5*math.Sqrt(p*(1-p)/n)) {
			t.Errorf("share of %s is %g, want %g", name, share[name]/n, p)
		}
	}
}
