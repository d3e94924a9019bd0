package survey

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/amdim/amdim/data"
	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/tensor"
)

// look is what one image shows.
type look struct {
	file   bool
	bytes  int64 // of the file
	format string
	w, h   int
	grey   bool
	sum    [sha256.Size]byte // of the file's bytes or, where it is none, of size and pixels
	sign   signature
	err    error // it cannot be read

	maps     int // segmentations, where they are files as well
	truthErr error
}

// files are data sets whose images are files, such as *data.Folder.
type files interface {
	Bytes(i int) ([]byte, error)
}

// look reads the image. An error is one of the data set as a whole.
func (p *place) look() (look, error) {
	if f, ok := p.part.Set.(files); ok {
		b, err := f.Bytes(p.i)
		if err != nil {
			return unreadable(look{file: true}, err)
		}
		l := lookAtFile(b)
		l.seeTruths(p.part.Set, p.i)
		return l, nil
	}
	img, err := p.part.Set.Image(p.i)
	if err != nil {
		return unreadable(look{}, err)
	}
	l := look{}
	l.see(img)
	sum := sha256.New()
	sum.Write(binary.LittleEndian.AppendUint64(nil, uint64(img.H)<<32|uint64(img.W)))
	sum.Write(img.Pix)
	sum.Sum(l.sum[:0])
	return l, nil
}

// unreadable is l of an image that cannot be read, unless the error says nothing of
// that image.
func unreadable(l look, err error) (look, error) {
	var bad *data.UnreadableError
	if !errors.As(err, &bad) {
		return look{}, err
	}
	l.err = err
	return l, nil
}

// lookAtFile decodes the whole file: a header alone does not show that the rest is
// damaged.
func lookAtFile(b []byte) look {
	l := look{file: true, bytes: int64(len(b)), sum: sha256.Sum256(b)}
	if _, _, l.format, l.err = imagefile.Config(b); l.err != nil {
		return l
	}
	img, err := imagefile.Decode(b, imagefile.Limits{})
	if err != nil {
		l.err = err
		return l
	}
	l.see(img)
	return l
}

func (l *look) see(img tensor.Image) {
	l.w, l.h, l.grey, l.sign = img.W, img.H, true, sign(img)
	for i := 0; i+2 < len(img.Pix) && l.grey; i += 3 {
		l.grey = img.Pix[i] == img.Pix[i+1] && img.Pix[i] == img.Pix[i+2]
	}
}

// seeTruths reads the segmentations of image i, unless that cannot be read itself.
func (l *look) seeTruths(set data.Dataset, i int) {
	if s, ok := set.(data.Segmented); ok && l.err == nil {
		maps, err := s.Truths(i)
		l.maps, l.truthErr = len(maps), err
	}
}
