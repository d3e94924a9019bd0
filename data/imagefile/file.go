package imagefile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/tensor"
)

// Read returns the image in a file.
func Read(path string, l Limits) (tensor.Image, error) {
	b, err := Bytes(path, l)
	if err != nil {
		return tensor.Image{}, fmt.Errorf("%s: %w", path, err)
	}
	img, err := Decode(b, l)
	if err != nil {
		return tensor.Image{}, fmt.Errorf("%s: %w", path, err)
	}
	return img, nil
}

// Bytes returns what a regular file holds. Its errors do not name the file: the
// caller knows a better name than the path.
func Bytes(path string, l Limits) ([]byte, error) {
	b, err := readRegular(path, l.bytes())
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if err != nil {
		return nil, fmt.Errorf("imagefile: read: %w", err)
	}
	return b, nil
}

// BytesAt returns the n bytes from offset on of a file that lies in another, such
// as an archive. Its errors do not name the file.
func BytesAt(r io.ReaderAt, offset, n int64, l Limits) ([]byte, error) {
	if n > l.bytes() {
		return nil, tooLarge("imagefile: read: %d bytes, more than the limit of %d", n, l.bytes())
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(io.NewSectionReader(r, offset, n), b); err != nil {
		return nil, fmt.Errorf("imagefile: read: %w", err)
	}
	return b, nil
}

func readRegular(path string, limit int64) ([]byte, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, tooLarge("%d bytes, more than the limit of %d", info.Size(), limit)
	}
	b := make([]byte, info.Size())
	if n, err := io.ReadFull(f, b); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("it shrank to %d bytes while it was read", n)
	} else if err != nil {
		return nil, err
	}
	return b, nil
}
