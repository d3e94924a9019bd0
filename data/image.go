package data

import (
	"errors"
	"fmt"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Image is d.Image(i), or an *UnreadableError for what is no image as [Dataset] says.
func Image(d Dataset, i int) (tensor.Image, error) {
	img, err := d.Image(i)
	if err == nil {
		err = usable(d, i, img)
	}
	return img, err
}

// usable returns an *UnreadableError for an image of d that cannot be made into views.
func usable(d Dataset, i int, img tensor.Image) error {
	err := wellFormed(img)
	if err == nil {
		return nil
	}
	name := ""
	if n, ok := d.(Named); ok {
		name = n.Name(i)
	}
	return &UnreadableError{name, fmt.Errorf("an image of %d×%d pixels: %w", img.W, img.H, err)}
}

func wellFormed(img tensor.Image) error {
	if img.W <= 0 || img.H <= 0 {
		return errors.New("its sides must be above 0")
	}
	if err := imagefile.Decoded().Check(img.W, img.H); err != nil {
		return err
	}
	if need := img.H * img.W * 3; len(img.Pix) != need {
		return fmt.Errorf("it has %d bytes, and needs 3 for each, %d", len(img.Pix), need)
	}
	return nil
}
