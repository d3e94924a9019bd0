package augment

import "github.com/amdim/amdim/tensor"

// operation is one of those that policies are made of.
type operation uint8

// The operations of AutoAugment (Cubuk et al. 2018, arXiv 1805.09501, table 6),
// except for SamplePairing, which mixes two images.
const (
	opIdentity operation = iota
	opShearX
	opShearY
	opTranslateX
	opTranslateY
	opRotate
	opAutoContrast
	opInvert
	opEqualize
	opSolarize
	opPosterize
	opContrast
	opColor
	opBrightness
	opSharpness
	opCutout
)

// operations gives for each operation its name in Fast AutoAugment's code and what
// levels 0 and 1 of a searched policy stand for. A geometric one changes the sign of
// its value half of the time and takes the nearest pixel; what it uncovers is black,
// as in that code and in torchvision (AutoAugment's own code fills with gray).
var operations = [...]struct {
	name      string
	lo, hi    float64
	geometric bool
}{
	opIdentity:     {name: "Identity"},
	opShearX:       {"ShearX", -0.3, 0.3, true},       // pixels per row
	opShearY:       {"ShearY", -0.3, 0.3, true},       // pixels per column
	opTranslateX:   {"TranslateX", -0.45, 0.45, true}, // of the width
	opTranslateY:   {"TranslateY", -0.45, 0.45, true}, // of the height
	opRotate:       {"Rotate", -30, 30, true},         // degrees
	opAutoContrast: {name: "AutoContrast"},
	opInvert:       {name: "Invert"},
	opEqualize:     {name: "Equalize"},
	opSolarize:     {"Solarize", 0, 256, false},   // threshold
	opPosterize:    {"Posterize", 4, 8, false},    // bits, truncated to an integer
	opContrast:     {"Contrast", 0.1, 1.9, false}, // factors, 1 changes nothing
	opColor:        {"Color", 0.1, 1.9, false},
	opBrightness:   {"Brightness", 0.1, 1.9, false},
	opSharpness:    {"Sharpness", 0.1, 1.9, false},
	opCutout:       {"Cutout", 0, 0.2, false}, // of the width
}

// distortion is an operation as drawn. The zero value changes nothing.
type distortion struct {
	op    operation
	value float64 // in the units of operations
	x, y  float64 // centre of a cutout, as a part of width and height
}

// apply returns img distorted, and an image of the same size that is then free:
// it changes img in place or, if that is not possible, writes into spare.
func (d distortion) apply(img, spare tensor.Image) (distorted, free tensor.Image) {
	w, h := float64(img.W), float64(img.H)
	switch d.op {
	case opShearX:
		affine(spare, img, [6]float64{1, d.value, 0, 0, 1, 0})
	case opShearY:
		affine(spare, img, [6]float64{1, 0, 0, d.value, 1, 0})
	case opTranslateX:
		affine(spare, img, [6]float64{1, 0, d.value * w, 0, 1, 0})
	case opTranslateY:
		affine(spare, img, [6]float64{1, 0, 0, 0, 1, d.value * h})
	case opRotate:
		rotate(spare, img, d.value)
	case opSharpness:
		sharpness(spare, img, d.value)
	default:
		d.inPlace(img)
		return img, spare
	}
	return spare, img
}

func (d distortion) inPlace(img tensor.Image) {
	switch d.op {
	case opAutoContrast:
		autoContrast(img)
	case opInvert:
		invert(img)
	case opEqualize:
		equalize(img)
	case opSolarize:
		solarize(img, d.value)
	case opPosterize:
		posterize(img, int(d.value))
	case opContrast:
		contrast(img, d.value)
	case opColor:
		saturation(img, d.value)
	case opBrightness:
		brightness(img, d.value)
	case opCutout:
		w, h := float64(img.W), float64(img.H)
		cutout(img, d.x*w, d.y*h, d.value*w)
	}
}
