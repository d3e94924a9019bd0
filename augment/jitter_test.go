package augment

import (
	"bytes"
	"testing"
)

func TestNeutralFactorsChangeNothing(t *testing.T) {
	img := noise(16, 16)
	want := bytes.Clone(img.Pix)
	jitter(img, factors{1, 1, 1, 0, [4]colourOp{jitterHue, jitterContrast, jitterSaturation, jitterBrightness}})
	if !bytes.Equal(img.Pix, want) {
		t.Error("brightness, contrast and saturation 1 with hue 0 change the image")
	}
}
