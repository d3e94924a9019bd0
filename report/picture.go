package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/png"

	"github.com/amdim/amdim/tensor"
)

// dataURI is the image as PNG inside a URI.
func dataURI(img tensor.Image) (template.URL, error) {
	img.Check()
	m := image.NewNRGBA(image.Rect(0, 0, img.W, img.H))
	for i := range img.H * img.W {
		copy(m.Pix[4*i:], img.Pix[3*i:3*i+3])
		m.Pix[4*i+3] = 255
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		return "", fmt.Errorf("report: picture: %w", err)
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
