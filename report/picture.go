package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Pictures up to smallSide are PNG: their single pixels are visible, and JPEG
// would smear their colours. Larger ones are JPEG, at a fifth of the size.
const (
	smallSide   = 48
	jpegQuality = 82
)

// dataURI returns the image as a data URI.
func dataURI(img tensor.Image) (template.URL, error) {
	img.Check()
	m := imagefile.RGBA(img)
	if max(img.H, img.W) <= smallSide {
		return uriOf("png", func(w io.Writer) error { return png.Encode(w, m) })
	}
	o := &jpeg.Options{Quality: jpegQuality}
	return uriOf("jpeg", func(w io.Writer) error { return jpeg.Encode(w, m, o) })
}

func uriOf(kind string, encode func(io.Writer) error) (template.URL, error) {
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		return "", fmt.Errorf("report: picture: %w", err)
	}
	return template.URL("data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}

// heatStops are the colours of scores from the lowest to the highest: the colour
// map plasma of van der Walt and Smith 2015, which stands out from grey pictures
// and rises in lightness, so that it can be read without seeing colour.
var heatStops = [...][3]float64{
	{13, 8, 135}, {126, 3, 168}, {204, 71, 120}, {248, 149, 64}, {240, 249, 33},
}

// heatColor is the colour for t in [0, 1].
func heatColor(t float64) color.NRGBA {
	t = min(max(t, 0), 1) * float64(len(heatStops)-1)
	i := min(int(t), len(heatStops)-2)
	var c [3]uint8
	for k := range c {
		a, b := heatStops[i][k], heatStops[i+1][k]
		c[k] = uint8(a + (b-a)*(t-float64(i)) + 0.5)
	}
	return color.NRGBA{c[0], c[1], c[2], 255}
}

// heatURI returns a picture with one pixel per score, which the page enlarges.
func heatURI(scores []float32, side int, lo, hi float64) (template.URL, error) {
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i, s := range scores {
		m.SetNRGBA(i%side, i/side, heatColor((float64(s)-lo)/max(hi-lo, 1e-9)))
	}
	return uriOf("png", func(w io.Writer) error { return png.Encode(w, m) })
}
