package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// Dataset is one split of a collection of images. Its methods may be called from
// several goroutines at once.
type Dataset interface {
	Len() int
	Image(i int) (tensor.Image, error) // the caller must not write to Pix; an error names the image
	Label(i int) int                   // index into Classes, −1 where there is none
	Classes() []string                 // nil: no image has a label
	Digest() string                    // SHA-256 of the content in order: names the data in a checkpoint
}

// Split says which part of a collection is meant.
type Split uint8

// Splits.
const (
	Train    Split = iota
	Test           // held out: nothing is ever selected on it
	Pretrain       // what may be learnt from without labels: Train and what has none
)

func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Test:
		return "test"
	case Pretrain:
		return "pretrain"
	}
	return fmt.Sprintf("Split(%d)", uint8(s))
}

// digest is the SHA-256, in hexadecimal, over every image of d in order: height,
// width and label as 32-bit little-endian numbers, then the pixels. It does not
// depend on the container that the images were read from.
func digest(d Dataset) (string, error) {
	sum := sha256.New()
	var head []byte
	for i := range d.Len() {
		img, err := d.Image(i)
		if err != nil {
			return "", err
		}
		head = head[:0]
		for _, v := range []int{img.H, img.W, d.Label(i)} {
			head = binary.LittleEndian.AppendUint32(head, uint32(int32(v)))
		}
		sum.Write(head)
		sum.Write(img.Pix)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
