package imagefile

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
)

// Photographs of 640×400 as files: what is in use at once and the largest array follow from
// how each decoder works, and are less than all that is allocated.
func TestCostIsOfTheStageThatTakesMost(t *testing.T) {
	const pixels = 640 * 400
	var baseline, opaque bytes.Buffer
	m := image.NewYCbCr(image.Rect(0, 0, 640, 400), image.YCbCrSubsampleRatio420)
	if err := jpeg.Encode(&baseline, m, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&opaque, image.NewNRGBA(m.Rect)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name        string
		file        []byte
		peak, piece float64 // bytes a pixel
	}{
		{"jpeg", baseline.Bytes(), 1.5 + 3, 3},                              // the decoder's planes, then ours
		{"progressive jpeg", fixture(t, "progressive-640.jpg"), 6 + 1.5, 4}, // coefficients of 4 bytes
		{"png", opaque.Bytes(), 4 + 3, 4},
	} {
		img, cost, err := Measure(c.file, Limits{})
		if err != nil || img.W != 640 || img.H != 400 {
			t.Fatalf("%s: %d×%d, %v", c.name, img.W, img.H, err)
		}
		const slack = 1.15 // whole blocks at the edges, tables, buffers
		for what, bytes := range map[string][2]float64{
			"peak": {float64(cost.Peak), c.peak * pixels}, "piece": {float64(cost.Piece), c.piece * pixels},
		} {
			if !(bytes[1] <= bytes[0] && bytes[0] <= slack*bytes[1]) {
				t.Errorf("%s: %s %.0f bytes, want %.0f", c.name, what, bytes[0], bytes[1])
			}
		}
	}
}

func TestCostOfAFileThatIsCutOff(t *testing.T) {
	b := fixture(t, "progressive-640.jpg")
	_, cost, err := Measure(b[:len(b)*9/10], Limits{})
	if err == nil || cost.Peak < 6*640*400 || cost.Piece < 4*640*400 {
		t.Errorf("%v, %+v", err, cost)
	}
}
