package augment

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/amdim/amdim/tensor"
)

// policyGolden is testdata/policy.json: what Pillow makes of images by the
// operations of policies, and the policies that torchvision has.
type policyGolden struct {
	golden
	Cases    []policyCase
	ImageNet [][]goldenAction `json:"autoaugment-imagenet"`
	CIFAR10  [][]goldenAction `json:"autoaugment-cifar10"`
	Rand     [][]goldenAction `json:"randaugment"` // by magnitude
}

type policyCase struct {
	Op, Image    string
	Offset, H, W int
	Value        float64
	At           [2]float64 // of a cutout
	Alpha        [3]float64 // of the lighting
}

// goldenAction is an operation, its probability, its magnitude, whether it has a sign.
type goldenAction struct {
	op           string
	p, magnitude float64
	signed       bool
}

func (a *goldenAction) UnmarshalJSON(text []byte) error {
	return json.Unmarshal(text, &[]any{&a.op, &a.p, &a.magnitude, &a.signed})
}

func readPolicyGolden(t *testing.T) *policyGolden {
	t.Helper()
	g := new(policyGolden)
	text, err := os.ReadFile("testdata/policy.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, g); err != nil {
		t.Fatal(err)
	}
	g.pix = inflate(t, "testdata/policy.bin.gz")
	return g
}

// run applies the operation of the case to img, which it may change.
func (c policyCase) run(t *testing.T, img tensor.Image) tensor.Image {
	t.Helper()
	if c.Op == "lighting" {
		lighting(img, c.Alpha)
		return img
	}
	w, h := float64(img.W), float64(img.H)
	d, ok := map[string]distortion{
		"shear x":      {op: opShearX, value: c.Value},
		"shear y":      {op: opShearY, value: c.Value},
		"translate x":  {op: opTranslateX, value: c.Value / w},
		"translate y":  {op: opTranslateY, value: c.Value / h},
		"rotate":       {op: opRotate, value: c.Value},
		"autocontrast": {op: opAutoContrast},
		"invert":       {op: opInvert},
		"equalize":     {op: opEqualize},
		"solarize":     {op: opSolarize, value: c.Value},
		"posterize":    {op: opPosterize, value: c.Value},
		"sharpness":    {op: opSharpness, value: c.Value},
		"cutout":       {op: opCutout, value: c.Value / w, x: c.At[0] / w, y: c.At[1] / h},
	}[c.Op]
	if !ok {
		t.Fatalf("no operation %q", c.Op)
	}
	dst, _ := d.apply(img, noise(img.H, img.W))
	return dst
}

// The arithmetic is Pillow's, so nothing less than equal bytes passes.
func TestPolicyOperationsEqualPillow(t *testing.T) {
	g := readPolicyGolden(t)
	if len(g.Cases) < 200 {
		t.Fatalf("%d cases", len(g.Cases))
	}
	for _, c := range g.Cases {
		got := c.run(t, g.named(t, c.Image))
		want := g.image(c.Offset, c.H, c.W)
		if sum, worst := difference(got.Pix, want.Pix); worst > 0 {
			t.Errorf("%+v: mean difference %.4f, largest %d", c, float64(sum)/float64(len(want.Pix)), worst)
		}
	}
}

func TestBuiltInPoliciesEqualTorchvision(t *testing.T) {
	g := readPolicyGolden(t)
	for name, want := range map[string][][]goldenAction{
		"autoaugment-imagenet": g.ImageNet, "autoaugment-cifar10": g.CIFAR10,
	} {
		got := builtIn[name]
		if len(got) != len(want) || len(got) != 25 {
			t.Fatalf("%s: %d sub-policies, want %d", name, len(got), len(want))
		}
		for i, sub := range got {
			for j, a := range sub {
				a.check(t, want[i][j])
			}
		}
	}
	if len(g.Rand) != randAugmentBins {
		t.Fatalf("%d magnitudes", len(g.Rand))
	}
	for m, all := range randAugmentActions {
		for i, a := range all {
			a.check(t, g.Rand[m][i])
		}
	}
}

// check compares with torchvision, whose magnitudes are float32 and whose colour
// factors are 1 + magnitude.
func (a action) check(t *testing.T, want goldenAction) {
	t.Helper()
	got := goldenAction{operations[a.op].name, a.p, a.value, a.mirror}
	if a.mirror && !operations[a.op].geometric {
		got.magnitude--
	}
	if !(math.Abs(got.magnitude-want.magnitude) <= 1e-4) ||
		a.op == opSolarize && math.Ceil(got.magnitude) != math.Ceil(want.magnitude) { // the first value inverted
		t.Errorf("%+v, want %+v", got, want)
	}
	if got.magnitude = want.magnitude; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}
