package amdim

import (
	"image"
	"testing"
)

// While photos are decoded that fill the memory for them, small images have their vectors.
func TestSmallImagesDoNotWaitForLargeOnes(t *testing.T) {
	m := open(t, Options{Threads: 1})
	if err := m.converting.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	vectors, err := m.Embed(t.Context(), image.NewGray(image.Rect(0, 0, 1024, 1024)))
	if err != nil || len(vectors) != 1 {
		t.Errorf("%d vectors, %v", len(vectors), err)
	}
	m.converting.Leave()
}
