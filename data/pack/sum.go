package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/amdim/amdim/tensor"
)

// Sum is the SHA-256 over images in order: height, width and label of each as
// 32-bit little-endian numbers, then the pixels. It does not depend on the
// container that the images were read from. An unreadable image counts as 0×0.
type Sum struct{ hash hash.Hash }

// NewSum returns the sum of no images.
func NewSum() Sum { return Sum{sha256.New()} }

// Add adds an image.
func (s Sum) Add(img tensor.Image, label int) {
	var head []byte
	for _, v := range []int{img.H, img.W, label} {
		head = binary.LittleEndian.AppendUint32(head, uint32(int32(v)))
	}
	s.hash.Write(head)
	s.hash.Write(img.Pix)
}

// String is the sum in hexadecimal.
func (s Sum) String() string { return hex.EncodeToString(s.hash.Sum(nil)) }
