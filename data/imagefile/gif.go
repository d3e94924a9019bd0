package imagefile

import (
	"bytes"
	"image"
	"image/draw"
	"image/gif"
	"io"
)

// decodeGIF draws the first frame on the GIF's screen, as browsers do: what it leaves
// uncovered is transparent. GIF89a, sections 18 and 20.
func decodeGIF(r io.Reader) (image.Image, error) {
	var head bytes.Buffer
	c, err := gif.DecodeConfig(io.TeeReader(r, &head))
	if err != nil {
		return nil, err
	}
	frame, err := gif.Decode(io.MultiReader(&head, r))
	if err != nil {
		return nil, err
	}
	screen := image.Rect(0, 0, c.Width, c.Height)
	if frame.Bounds() == screen || frame.Bounds().Empty() {
		return frame, nil
	}
	whole := image.NewRGBA(screen)
	draw.Draw(whole, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return whole, nil
}
