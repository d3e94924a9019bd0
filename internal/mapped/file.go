package mapped

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"

	"github.com/amdim/amdim/internal/regular"
)

// File is a file in memory. Its methods may be called from several goroutines at
// once, Close excepted.
type File struct {
	name    string
	data    []byte // nil: empty, or closed
	cleanup runtime.Cleanup
}

// Open maps a regular file as it is now. It is unmapped by Close, or when nothing
// refers to it.
func Open(name string) (*File, error) {
	f, err := regular.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // the mapping stays
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > math.MaxInt:
		return nil, fmt.Errorf("%s: %d bytes cannot be mapped on this system", name, info.Size())
	}
	m := &File{name: name}
	if info.Size() == 0 { // no system maps nothing
		return m, nil
	}
	if m.data, err = mapFile(f, int(info.Size())); err != nil {
		return nil, fmt.Errorf("%s: cannot be mapped: %w", name, err)
	}
	m.cleanup = runtime.AddCleanup(m, func(b []byte) { unmap(b) }, m.data)
	return m, nil
}

// Name is the path that the file was opened by.
func (f *File) Name() string { return f.name }

// Size is the length of the file in bytes when it was opened.
func (f *File) Size() int64 { return int64(len(f.data)) }

// ReadAt copies bytes of the file. A file that has become shorter, or cannot be
// read, is an error: a fault of memory in the copy is caught.
func (f *File) ReadAt(p []byte, off int64) (n int, err error) {
	defer runtime.KeepAlive(f)
	if off < 0 || off > f.Size() {
		return 0, io.EOF
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		fault := recover()
		if _, ok := fault.(interface{ Addr() uintptr }); ok {
			err = fmt.Errorf("%s: became shorter while it was in use, or its disk cannot be read", f.name)
		} else if fault != nil {
			panic(fault)
		}
	}()
	if n = copy(p, f.data[off:]); n < len(p) {
		err = io.EOF
	}
	return n, err
}

// Close unmaps the file.
func (f *File) Close() error {
	if f.data == nil {
		return nil
	}
	f.cleanup.Stop()
	b := f.data
	f.data = nil
	return unmap(b)
}
