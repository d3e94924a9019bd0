package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim/graph"
	"github.com/amdim/amdim/internal/floats"
	"github.com/amdim/amdim/internal/regular"
	"github.com/amdim/amdim/tensor"
)

// Reader reads a file written by Write, array by array.
type Reader struct {
	Meta    map[string]string
	Entries []Entry // in the order of the file

	path   string
	file   io.ReaderAt
	close  func() error
	header []byte // length included
	size   int64  // of the file
}

// Open reads the header of a checkpoint and verifies the whole file against its
// checksum. The error for a damaged file names the previous one, if it was kept.
func Open(path string) (*Reader, error) { return open(path, newReader) }

// ReadRun returns what a checkpoint of a run says besides its arrays. It reads
// only the header; Open finds out whether the file is damaged.
func ReadRun(path string) (Meta, error) {
	r, err := open(path, readHead)
	if err != nil {
		return Meta{}, err
	}
	defer r.Close()
	return r.Run()
}

func open(path string, read func(f io.ReaderAt, size int64) (*Reader, error)) (*Reader, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	info, err := f.Stat()
	var r *Reader
	if err == nil {
		r, err = read(f, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("checkpoint: read %s: %w", path, orPrevious(path, err))
	}
	r.path, r.close = path, f.Close
	return r, nil
}

// orPrevious names the previous file that Write kept, if there is one.
func orPrevious(path string, err error) error {
	previous := Previous(path)
	if _, gone := os.Stat(previous); gone != nil {
		return err
	}
	return fmt.Errorf("%w; the checkpoint before it is kept: to use it, rename %s to %s",
		err, previous, filepath.Base(path))
}

// newReader reads and verifies a file of the given size.
func newReader(file io.ReaderAt, size int64) (*Reader, error) {
	r, err := readHead(file, size)
	if err != nil {
		return nil, err
	}
	return r, verify(r.header, r.Meta[checksumKey], r.data())
}

// readHead reads the header of a file of the given size.
func readHead(file io.ReaderAt, size int64) (*Reader, error) {
	header, err := readHeader(file, size)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: file, header: header, size: size}
	r.Entries, r.Meta, err = parseHeader(header[lengthBytes:], size-int64(len(header)))
	if err == nil {
		_, _, err = blankChecksum(header, r.Meta[checksumKey]) // other tools write none
	}
	return r, err
}

// readHeader returns the length and the JSON of a file of the given size. It
// allocates no more than the file holds.
func readHeader(f io.ReaderAt, size int64) ([]byte, error) {
	var length [lengthBytes]byte
	if size < lengthBytes {
		return nil, fmt.Errorf("%d bytes: the file is cut off", size)
	}
	if _, err := f.ReadAt(length[:], 0); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(length[:])
	if n > maxHeader {
		return nil, fmt.Errorf("not a safetensors file: its first %d bytes are no length of a header", lengthBytes)
	}
	if int64(n) > size-lengthBytes {
		return nil, fmt.Errorf("header of %d bytes in a file of %d: the file is cut off", n, size)
	}
	header := make([]byte, lengthBytes+n)
	_, err := f.ReadAt(header, 0)
	if errors.Is(err, io.EOF) {
		err = nil // a header that ends with the file
	}
	return header, err
}

// data reads the bytes of the tensors from their start.
func (r *Reader) data() io.Reader {
	at := int64(len(r.header))
	return bufio.NewReaderSize(io.NewSectionReader(r.file, at, r.size-at), int(min(1<<20, r.size)))
}

// Each calls f for every array in the order of the file. v is valid only during the call.
func (r *Reader) Each(f func(name string, v []float32) error) error {
	return r.each(func(string) bool { return true }, f)
}

// each is Each for the arrays that are wanted; it reads no others.
func (r *Reader) each(wanted func(name string) bool, f func(name string, v []float32) error) error {
	largest := 0
	for _, e := range r.Entries {
		largest = max(largest, e.size)
	}
	array := make([]float32, largest)
	for _, e := range r.Entries {
		if !wanted(e.Name) {
			continue
		}
		v := array[:e.size]
		if err := floats.Read(r.bytesOf(e), v); err != nil {
			return fmt.Errorf("checkpoint: read %s: tensor %s: %w", r.path, e.Name, err)
		}
		if err := f(e.Name, v); err != nil {
			return fmt.Errorf("checkpoint: read %s: %w", r.path, err)
		}
	}
	return nil
}

// bytesOf reads the bytes of an array.
func (r *Reader) bytesOf(e Entry) io.Reader {
	return io.NewSectionReader(r.file, int64(len(r.header))+e.at, e.bytes())
}

// Array returns one array, and whether the file has it.
func (r *Reader) Array(name string) (v []float32, ok bool, err error) {
	i := slices.IndexFunc(r.Entries, func(e Entry) bool { return e.Name == name })
	if i < 0 {
		return nil, false, nil
	}
	e := r.Entries[i]
	v = make([]float32, e.size)
	if err := floats.Read(r.bytesOf(e), v); err != nil {
		return nil, true, fmt.Errorf("checkpoint: read %s: tensor %s: %w", r.path, name, err)
	}
	return v, true, nil
}

// Target is what a checkpoint is restored to: an engine.State.
type Target interface {
	Source
	Set(name string, v []float32) error
}

// Fits returns an error unless the file holds variables, each of its size.
func (r *Reader) Fits(vars []graph.Var) error {
	need := map[string]int{}
	for _, v := range vars {
		need[v.Name] = tensor.Size(v.Shape)
	}
	_, err := r.match(need, false)
	return err
}

// Restore sets every entry of s. It is an error, found before anything is set,
// if the file lacks an entry or has an extra one.
func (r *Reader) Restore(s Target) error {
	return r.restore(s, func(string) bool { return true }, true)
}

// RestoreWeights sets the variables of s, not Adam's entries. The file may hold
// more variables than s, but not fewer.
func (r *Reader) RestoreWeights(s Target) error {
	return r.restore(s, func(name string) bool { return !graph.IsSlot(name) }, false)
}

// RestoreOnly sets these variables of s, which the file must hold.
func (r *Reader) RestoreOnly(s Target, vars []graph.Var) error {
	wanted := map[string]bool{}
	for _, v := range vars {
		wanted[v.Name] = true
	}
	return r.restore(s, func(name string) bool { return wanted[name] }, false)
}

func (r *Reader) restore(s Target, want func(string) bool, all bool) error {
	need := map[string]int{}
	err := sizes(s, func(name string, n int) error {
		if want(name) {
			need[name] = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	set, err := r.match(need, all)
	if err != nil {
		return err
	}
	return r.each(func(name string) bool { return set[name] }, s.Set)
}

// match finds the entries that are needed, by name and length. With all, the file may hold
// no others.
func (r *Reader) match(need map[string]int, all bool) (found map[string]bool, err error) {
	found = map[string]bool{}
	for _, e := range r.Entries {
		n, ok := need[e.Name]
		if !ok && all {
			return nil, fmt.Errorf("checkpoint: %s: the network has no %s: the file is of another network",
				r.path, e.Name)
		}
		if ok && n != e.size {
			return nil, fmt.Errorf("checkpoint: %s: %s has %d numbers, the network needs %d: it is of another network",
				r.path, e.Name, e.size, n)
		}
		found[e.Name] = ok
		delete(need, e.Name)
	}
	if len(need) > 0 {
		return nil, fmt.Errorf("checkpoint: %s lacks %s: the file is of another network", r.path, first(need))
	}
	return found, nil
}

// first is the smallest name, so that a message does not depend on map order.
func first(names map[string]int) string {
	least := ""
	for name := range names {
		if least == "" || name < least {
			least = name
		}
	}
	return least
}

// Close closes the file.
func (r *Reader) Close() error { return r.close() }
