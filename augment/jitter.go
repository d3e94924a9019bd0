package augment

import "github.com/amdim/amdim/tensor"

// colourOp is one of the four operations of a colour jitter.
type colourOp uint8

// The four operations, numbered as torchvision's ColorJitter numbers them.
const (
	jitterBrightness colourOp = iota
	jitterContrast
	jitterSaturation
	jitterHue
)

// factors says how strong each operation of a colour jitter is and in which
// order they run.
type factors struct {
	Brightness float64 // 1 changes nothing
	Contrast   float64 // 1 changes nothing
	Saturation float64 // 1 changes nothing
	Hue        float64 // part of a full circle; 0 also skips the rounding through HSV
	Order      [4]colourOp
}

// jitter applies the four operations to img in place, each rounding to 8 bits.
func jitter(img tensor.Image, f factors) {
	for _, op := range f.Order {
		switch op {
		case jitterBrightness:
			brightness(img, f.Brightness)
		case jitterContrast:
			contrast(img, f.Contrast)
		case jitterSaturation:
			saturation(img, f.Saturation)
		case jitterHue:
			if f.Hue != 0 {
				hue(img, f.Hue)
			}
		}
	}
}
