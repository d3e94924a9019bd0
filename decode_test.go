package amdim

import (
	"bytes"
	"context"
	"image"
	"image/draw"
	"image/png"
	"slices"
	"testing"
)

// A part of a decoded image is where it was, and embedded as if it had been cut out of any
// other image.
func TestAPartOfADecodedImageIsOneOfTheStandardLibrary(t *testing.T) {
	whole := image.NewRGBA(image.Rect(0, 0, 60, 50))
	draw.Draw(whole, whole.Rect, photo(60), image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, whole); err != nil {
		t.Fatal(err)
	}
	img, err := Decode(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	cut := img.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage
	r := image.Rect(7, 5, 45, 50)
	part, want := cut(r.Union(image.Rect(7, 5, 45, 99))), whole.SubImage(r)
	if part.Bounds() != r {
		t.Errorf("bounds %v, want %v", part.Bounds(), r)
	}
	m := open(t, Options{})
	v, err := m.Embed(context.Background(), part, want)
	if err != nil || !slices.Equal(v[0], v[1]) {
		t.Errorf("%v, other vectors than of the same part of another image", err)
	}
	if !cut(image.Rect(70, 70, 80, 80)).Bounds().Empty() {
		t.Error("a part outside of the image is not empty")
	}
}
