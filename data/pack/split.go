package pack

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/amdim/amdim/internal/npy"
	"github.com/amdim/amdim/tensor"
)

// Split is the images of a split. Its methods may be called from several
// goroutines at once.
type Split struct {
	Part
	classes               []string
	images, index, labels array
	names                 array
}

// Bounds of what a pack may hold.
const (
	maxSide = 1 << 24 // pixels
	maxName = 1 << 20 // bytes, far above the longest path of any system
)

func openSplit(dir string, p Part, classes []string) (*Split, error) {
	s := &Split{Part: p, classes: classes}
	for _, a := range []struct {
		what string
		to   *array
	}{{"images", &s.images}, {"index", &s.index}, {"labels", &s.labels}, {"names", &s.names}} {
		var err error
		if *a.to, err = openArray(arrayPath(dir, p.Name, a.what)); err != nil {
			return nil, err
		}
	}
	return s, s.check()
}

// check returns an error unless the arrays are those of the manifest and every
// row of index and labels makes sense.
func (s *Split) check() error {
	if s.images.Type != npy.Uint8 || s.images.Size()-s.images.start != s.Bytes {
		return fmt.Errorf("%s: %d bytes of %q, %s says %d of %q", s.images.Name(),
			s.images.Size()-s.images.start, s.images.Type, manifestName, s.Bytes, npy.Uint8)
	}
	if err := s.index.need(npy.Int64, s.Images, 3); err != nil {
		return err
	}
	if err := s.labels.need(npy.Int64, s.Images); err != nil {
		return err
	}
	if err := s.names.need(npy.Text(min(s.names.Item(), maxName)), s.Images); err != nil {
		return err
	}
	err := s.index.each(3, func(i int, row []int64) error {
		at := place{row[0], row[1], row[2]}
		if _, hole := s.Hole(i); at.hole() != hole {
			return fmt.Errorf("%d×%d px, and %s differs on whether it could be read", at.h, at.w, manifestName)
		}
		return at.check(s.Bytes)
	})
	if err != nil {
		return err
	}
	return s.labels.each(1, func(_ int, row []int64) error {
		if row[0] < -1 || row[0] >= int64(len(s.classes)) {
			return fmt.Errorf("label %d, need −1 to %d", row[0], len(s.classes)-1)
		}
		return nil
	})
}

// place is a row of the index.
type place struct{ at, h, w int64 }

func (p place) hole() bool  { return p.h == 0 && p.w == 0 }
func (p place) size() int64 { return p.h * p.w * 3 }

func (p place) check(bytes int64) error {
	if p.hole() {
		return nil
	}
	if p.h < 1 || p.w < 1 || p.h > maxSide || p.w > maxSide || p.at < 0 || p.size() > bytes-p.at {
		return fmt.Errorf("%d×%d px at byte %d, there are %d bytes", p.h, p.w, p.at, bytes)
	}
	return nil
}

// Hole reports whether image i had no pixels to pack, and why.
func (s *Split) Hole(i int) (Unreadable, bool) {
	k, ok := slices.BinarySearchFunc(s.Unreadable, i, func(u Unreadable, i int) int { return u.Index - i })
	if !ok {
		return Unreadable{}, false
	}
	return s.Unreadable[k], true
}

// Len is the number of images, including unreadable ones.
func (s *Split) Len() int { return s.Images }

// Classes returns the class names, nil if there are none.
func (s *Split) Classes() []string { return s.classes }

// Image returns a copy of an image; that of a hole is empty. An error concerns
// the pack as a whole.
func (s *Split) Image(i int) (tensor.Image, error) {
	var row [24]byte
	if err := s.index.row(row[:], i); err != nil {
		return tensor.Image{}, err
	}
	n := func(k int) int64 { return int64(binary.LittleEndian.Uint64(row[8*k:])) }
	at := place{n(0), n(1), n(2)}
	if err := at.check(s.Bytes); err != nil { // it was valid when the pack was opened
		return tensor.Image{}, fmt.Errorf("%s: row %d: %w", s.index.Name(), i, err)
	}
	if err := s.labels.row(row[:8], i); err != nil {
		return tensor.Image{}, err // Label could not say so
	}
	img := tensor.Image{H: int(at.h), W: int(at.w)}
	if at.hole() {
		return img, nil
	}
	img.Pix = make([]uint8, at.size())
	if _, err := s.images.ReadAt(img.Pix, s.images.start+at.at); err != nil {
		return tensor.Image{}, err
	}
	return img, nil
}

// Label is the index of the image's class, −1 if there is none or it can no
// longer be read: Image then returns an error.
func (s *Split) Label(i int) int {
	var row [8]byte
	if s.labels.row(row[:], i) != nil {
		return -1
	}
	return max(-1, min(int(int64(binary.LittleEndian.Uint64(row[:]))), len(s.classes)-1))
}

// Name is the path of the file relative to its folder, empty if it can no longer be read.
func (s *Split) Name(i int) string {
	row := make([]byte, s.names.Item())
	if s.names.row(row, i) != nil {
		return ""
	}
	return strings.TrimRight(string(row), "\x00")
}

// Verify reads everything and returns an error if it is not what was packed.
// progress may be nil.
func (s *Split) Verify(ctx context.Context, progress func(done, total int)) error {
	digest, names, err := s.sums(ctx, progress)
	if err != nil {
		return err
	}
	for _, c := range []struct{ file, is, want string }{
		{s.images.Name(), digest, s.Digest}, {s.names.Name(), names, s.Names},
	} {
		if c.is != c.want {
			return fmt.Errorf("%s: its digest or that of the files beside it is %.12s…, %s says %.12s…: "+
				"damaged; pack again into another folder", c.file, c.is, manifestName, c.want)
		}
	}
	return nil
}

// sums returns the two digests of what is on disk.
func (s *Split) sums(ctx context.Context, progress func(done, total int)) (digest, names string, err error) {
	sum := NewSum()
	for i := range s.Images {
		img, err := s.Image(i)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", "", err
		}
		sum.Add(img, s.Label(i))
		if progress != nil {
			progress(i+1, s.Images)
		}
	}
	of := sha256.New()
	if _, err := io.Copy(of, io.NewSectionReader(s.names, s.names.start, s.names.Size())); err != nil {
		return "", "", err
	}
	return sum.String(), hex.EncodeToString(of.Sum(nil)), nil
}
