package data

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestOfficialCIFAR10(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 184 MB")
	}
	const dir = "../../shared/data/cifar10"
	if !exists(dir) {
		t.Skipf("no CIFAR-10 in %s", dir)
	}
	for _, c := range []struct {
		split  Split
		each   int
		labels string // of the first images
		pixel  []byte // top left of image 0
	}{
		{Train, 5000, "6 9 9 4 1 1 2 7 8 3", []byte{59, 62, 63}},
		{Test, 1000, "3 8 8 0 6 6 1 6 3 1", []byte{158, 112, 49}},
	} {
		set, err := Open("cifar10:"+dir, c.split, Options{})
		if err != nil {
			t.Fatal(err)
		}
		count, first := make([]int, 10), []string{}
		for i := range set.Len() {
			count[set.Label(i)]++
			if i < 10 {
				first = append(first, fmt.Sprint(set.Label(i)))
			}
		}
		for class, n := range count {
			if n != c.each {
				t.Errorf("%s: %d images of %s, want %d", c.split, n, set.Classes()[class], c.each)
			}
		}
		if got := strings.Join(first, " "); got != c.labels {
			t.Errorf("%s: first labels %s, want %s", c.split, got, c.labels)
		}
		if img, _ := set.Image(0); !bytes.Equal(img.At(0, 0), c.pixel) {
			t.Errorf("%s: first pixel %v, want %v", c.split, img.At(0, 0), c.pixel)
		}
	}
}
