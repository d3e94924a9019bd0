package augment

import "github.com/amdim/amdim/tensor"

// operation is one of those that policies are made of.
type operation uint8

// The operations of AutoAugment (Cubuk et al. 2018, arXiv 1805.09501, table 6),
// except for SamplePairing, which mixes two images.
const (
	identity operation = iota
	shearX
	shearY
	translateX
	translateY
	rotate
	autoContrast
	invert
	equalize
	solarize
	posterize
	contrast
	color
	brightness
	sharpness
	cutout
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
	identity:     {name: "Identity"},
	shearX:       {"ShearX", -0.3, 0.3, true},       // pixels per row
	shearY:       {"ShearY", -0.3, 0.3, true},       // pixels per column
	translateX:   {"TranslateX", -0.45, 0.45, true}, // of the width
	translateY:   {"TranslateY", -0.45, 0.45, true}, // of the height
	rotate:       {"Rotate", -30, 30, true},         // degrees
	autoContrast: {name: "AutoContrast"},
	invert:       {name: "Invert"},
	equalize:     {name: "Equalize"},
	solarize:     {"Solarize", 0, 256, false},   // threshold
	posterize:    {"Posterize", 4, 8, false},    // bits, truncated to an integer
	contrast:     {"Contrast", 0.1, 1.9, false}, // factors, 1 changes nothing
	color:        {"Color", 0.1, 1.9, false},
	brightness:   {"Brightness", 0.1, 1.9, false},
	sharpness:    {"Sharpness", 0.1, 1.9, false},
	cutout:       {"Cutout", 0, 0.2, false}, // of the width
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
	case shearX:
		Affine(spare, img, [6]float64{1, d.value, 0, 0, 1, 0})
	case shearY:
		Affine(spare, img, [6]float64{1, 0, 0, d.value, 1, 0})
	case translateX:
		Affine(spare, img, [6]float64{1, 0, d.value * w, 0, 1, 0})
	case translateY:
		Affine(spare, img, [6]float64{1, 0, 0, 0, 1, d.value * h})
	case rotate:
		Rotate(spare, img, d.value)
	case sharpness:
		Sharpness(spare, img, d.value)
	default:
		d.inPlace(img)
		return img, spare
	}
	return spare, img
}

func (d distortion) inPlace(img tensor.Image) {
	switch d.op {
	case autoContrast:
		AutoContrast(img)
	case invert:
		Invert(img)
	case equalize:
		Equalize(img)
	case solarize:
		Solarize(img, d.value)
	case posterize:
		Posterize(img, int(d.value))
	case contrast:
		Contrast(img, d.value)
	case color:
		Saturation(img, d.value)
	case brightness:
		Brightness(img, d.value)
	case cutout:
		w, h := float64(img.W), float64(img.H)
		Cutout(img, d.x*w, d.y*h, d.value*w)
	}
}
