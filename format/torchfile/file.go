package torchfile

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/amdim/amdim/internal/regular"
)

// File is an open .pth file.
type File struct {
	Root  *Dict // what was saved
	close func() error
}

// Open reads all of a file except its numbers. What was saved must be a dictionary.
func Open(path string) (*File, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("torchfile: %w", err)
	}
	info, err := f.Stat()
	var root *Dict
	if err == nil {
		root, err = read(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("torchfile: read %s: %w", path, err)
	}
	return &File{root, f.Close}, nil
}

// Close closes the file; tensors can no longer be read.
func (f *File) Close() error { return f.close() }

// legacyMagic is a pickle of the number that the old form begins with.
const legacyMagic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."

// read tells the two forms apart.
func read(r io.ReaderAt, size int64) (*Dict, error) {
	head := make([]byte, min(size, int64(len(legacyMagic))))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case string(head) == legacyMagic:
		return readLegacy(r, size)
	case strings.HasPrefix(string(head), "PK"):
		return readZip(r, size)
	}
	return nil, errors.New("not a PyTorch file in either of the formats that torch.save writes")
}

func asDict(v any) (*Dict, error) {
	d, ok := v.(*Dict)
	if !ok {
		return nil, fmt.Errorf("%s was saved: a dictionary is needed", kindOf(v))
	}
	return d, nil
}

// readZip reads PREFIX/data.pkl; the numbers of storage k are PREFIX/data/k.
func readZip(r io.ReaderAt, size int64) (*Dict, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("the file is cut off or no zip: %w", err)
	}
	entries := map[string]*zip.File{}
	prefix, pickles := "", 0
	for _, f := range z.File {
		entries[f.Name] = f
		if p, ok := strings.CutSuffix(f.Name, "/data.pkl"); ok {
			prefix, pickles = p, pickles+1
		}
	}
	if pickles != 1 {
		return nil, fmt.Errorf("a zip with %d data.pkl, torch.save writes 1", pickles)
	}
	if order, ok := entries[prefix+"/byteorder"]; ok {
		if n := order.UncompressedSize64; n > maxOrder {
			return nil, fmt.Errorf("byte order of %d bytes: only little-endian is read", n)
		}
		b, err := stored(order)(0, int64(order.UncompressedSize64))
		if err != nil {
			return nil, err
		}
		if string(b) != "little" {
			return nil, fmt.Errorf("byte order %s: only little-endian is read", shortened(string(b)))
		}
	}
	pickle, err := entries[prefix+"/data.pkl"].Open()
	if err != nil {
		return nil, err
	}
	defer pickle.Close()
	m := newMachine(bufio.NewReader(pickle))
	root, err := m.run()
	if err == nil {
		err = m.ended()
	}
	if err != nil {
		return nil, err
	}
	for key, s := range m.storages {
		f, ok := entries[prefix+"/data/"+key]
		if !ok {
			return nil, fmt.Errorf("the numbers of storage %s are missing", shortened(key))
		}
		if want := uint64(s.numbers) * uint64(s.dtype.size()); f.UncompressedSize64 != want {
			return nil, fmt.Errorf("storage %s has %d bytes, need %d", shortened(key), f.UncompressedSize64, want)
		} else if want > uint64(size) { // before anybody makes room for its numbers
			return nil, fmt.Errorf("storage %s has %d bytes in a file of %d: it is compressed, or the file cut off",
				shortened(key), want, size)
		}
		s.read = stored(f)
	}
	return asDict(root)
}

// maxOrder bounds the name of a byte order.
const maxOrder = 64

// stored reads n bytes from at on of an uncompressed entry, once its checksum is found to
// be right.
func stored(f *zip.File) func(at, n int64) ([]byte, error) {
	sound := sync.OnceValues(func() (io.ReaderAt, error) { return verified(f) })
	return func(at, n int64) ([]byte, error) {
		r, err := sound()
		if err != nil {
			return nil, err
		}
		return bytesAt(r, at, n)
	}
}

// bytesAt reads n bytes, which may end with those of r.
func bytesAt(r io.ReaderAt, at, n int64) ([]byte, error) {
	b := make([]byte, n)
	k, err := r.ReadAt(b, at)
	if k == len(b) {
		err = nil
	}
	return b, err
}

// verified reads an uncompressed entry, whose size is bounded by that of the file, to its
// end, where the checksum is compared. Of a large one little is in memory at a time.
func verified(f *zip.File) (io.ReaderAt, error) {
	if f.Method != zip.Store || f.CompressedSize64 != f.UncompressedSize64 {
		return nil, fmt.Errorf("%s is compressed: torch.save does not compress", shortened(f.Name))
	}
	r, err := f.OpenRaw() // checks that the entry begins inside the file
	if err != nil {
		return nil, err
	}
	section, ok := r.(*io.SectionReader)
	if !ok {
		return nil, fmt.Errorf("%s cannot be read in parts", shortened(f.Name))
	}
	if n := section.Size(); n > 0 {
		if _, err := section.ReadAt(make([]byte, 1), n-1); err != nil {
			return nil, errCut
		}
	}
	checked, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer checked.Close()
	sink := struct{ io.Writer }{io.Discard} // whose ReadFrom has a small buffer
	if _, err := io.CopyBuffer(sink, checked, make([]byte, min(1<<20, f.UncompressedSize64+1))); err != nil {
		return nil, fmt.Errorf("%s: %w", shortened(f.Name), err)
	}
	return section, nil
}

// counted counts the bytes read.
type counted struct {
	r  *bufio.Reader
	at int64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.at += int64(n)
	return n, err
}

// readLegacy reads five pickles in sequence, a magic number, a version, the
// machine's properties, what was saved and the keys of the storages; then each
// storage, preceded by its count of numbers.
func readLegacy(r io.ReaderAt, size int64) (*Dict, error) {
	at := int64(len(legacyMagic))
	in := &counted{bufio.NewReader(io.NewSectionReader(r, at, size-at)), at}
	if v, err := newMachine(in).run(); err != nil {
		return nil, err
	} else if v != any(int64(1001)) {
		return nil, errors.New("a version of the old form other than 1001")
	}
	habits, err := newMachine(in).run()
	if err != nil {
		return nil, err
	}
	if d, err := asDict(habits); err != nil {
		return nil, err
	} else if little, ok := d.Value("little_endian"); ok && little != any(true) {
		return nil, errors.New("byte order big: only little-endian is read")
	}
	m := newMachine(in)
	root, err := m.run()
	if err != nil {
		return nil, err
	}
	keys, err := newMachine(in).run()
	if err != nil {
		return nil, err
	}
	list, ok := keys.(*List)
	if !ok {
		return nil, errors.New("no list of storages")
	}
	if err := m.layOut(list.Items, r, in.at, size); err != nil {
		return nil, err
	}
	return asDict(root)
}

// layOut finds the storages, which start at at in the order of their keys.
func (m *machine) layOut(keys []any, r io.ReaderAt, at, size int64) error {
	for _, key := range keys {
		name, _ := key.(string)
		s, ok := m.storages[name]
		if !ok {
			return fmt.Errorf("storage %s is used by no tensor", shortened(name))
		}
		var count [8]byte
		if _, err := r.ReadAt(count[:], at); err != nil {
			return errCut
		}
		at += int64(len(count))
		if n := binary.LittleEndian.Uint64(count[:]); n != uint64(s.numbers) {
			return fmt.Errorf("storage %s has %d numbers, need %d", shortened(name), n, s.numbers)
		}
		n := s.numbers * int64(s.dtype.size())
		if n > size-at {
			return errCut
		}
		from := at
		s.read = func(at, n int64) ([]byte, error) { return bytesAt(r, from+at, n) }
		at += n
	}
	for key, s := range m.storages {
		if s.read == nil {
			return fmt.Errorf("the numbers of storage %s are missing", shortened(key))
		}
	}
	return nil
}
