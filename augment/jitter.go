package augment

import "github.com/amdim/amdim/tensor"

// ColourOp is one of the four operations of a colour jitter.
type ColourOp uint8

// The four operations, numbered as torchvision's ColorJitter numbers them.
const (
	OpBrightness ColourOp = iota
	OpContrast
	OpSaturation
	OpHue
)

// Factors says how strong each operation of a colour jitter is and in which
// order they run.
type Factors struct {
	Brightness float64 // 1 changes nothing
	Contrast   float64 // 1 changes nothing
	Saturation float64 // 1 changes nothing
	Hue        float64 // part of a full circle; 0 also skips the rounding through HSV
	Order      [4]ColourOp
}

// Jitter applies the four operations to img in place, each rounding to 8 bits.
func Jitter(img tensor.Image, f Factors) {
	for _, op := range f.Order {
		switch op {
		case OpBrightness:
			Brightness(img, f.Brightness)
		case OpContrast:
			Contrast(img, f.Contrast)
		case OpSaturation:
			Saturation(img, f.Saturation)
		case OpHue:
			if f.Hue != 0 {
				Hue(img, f.Hue)
			}
		}
	}
}
