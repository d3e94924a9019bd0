package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/amdim/amdim/data/imagefile"
	mem "github.com/amdim/amdim/internal/memory"
	"github.com/amdim/amdim/tensor"
)

// Files is a data set of image files in a folder or an archive. They are read
// when they are asked for and kept in memory as far as [Options.Memory] allows.
type Files struct {
	files   []file
	classes []string // nil: unlabelled
	content content
	options Options
	digest  func() string
	kept    []atomic.Pointer[tensor.Image]
	spent   atomic.Int64    // bytes of kept
	sums    []atomic.Uint64 // of what files held; nil: not asked for
}

// file is one of Files.
type file struct {
	name  string // path below the folder, with slashes
	size  int64  // in bytes, when the data was opened
	wrote int64  // when it was last written, in nanoseconds; 0: not known
	at    int64  // where it begins, if it is in an archive
	label int    // −1: none
}

// content reads the bytes of a file from where it is stored.
type content func(file) ([]byte, error)

// below returns the content of files whose names are their paths below dir.
func below(dir string) content {
	return func(f file) ([]byte, error) {
		return imagefile.Bytes(filepath.Join(dir, filepath.FromSlash(f.name)), imagefile.Limits{})
	}
}

func newFiles(files []file, classes []string, content content, o Options) *Files {
	o.Context = nil // of the scan
	f := &Files{files: files, classes: classes, content: content, options: o}
	f.kept = make([]atomic.Pointer[tensor.Image], len(files))
	f.digest = sync.OnceValue(f.hash)
	if o.Contents {
		f.sums = make([]atomic.Uint64, len(files))
	}
	return f
}

// Name is the path of an image below the folder, with slashes.
func (f *Files) Name(i int) string { return f.files[i].name }

// Size is the number of bytes of a file, as it was when the data was opened.
func (f *Files) Size(i int) int64 { return f.files[i].size }

// Version is the size of a file in bytes and when it was last written, as they were when the data
// was opened; empty if the time is not known.
func (f *Files) Version(i int) string {
	x := f.files[i]
	if x.wrote == 0 {
		return ""
	}
	return fmt.Sprintf("%d %s", x.size, time.Unix(0, x.wrote).UTC().Format(time.RFC3339Nano))
}

// Len is the number of files, readable or not.
func (f *Files) Len() int { return len(f.files) }

// Label is the index of the image's class, −1 if there is none.
func (f *Files) Label(i int) int { return f.files[i].label }

// Classes returns the class names, nil if there are none. The classes of a
// folder are its sub-folders.
func (f *Files) Classes() []string { return f.classes }

// Digest is the SHA-256 over the name, size in bytes and label of every file in
// order. The contents are not read: replacing a file by one of the same size
// goes unnoticed, except by [Contents].
func (f *Files) Digest() string { return f.digest() }

// written is a hash of when each file was last written.
func (f *Files) written() string {
	sum := sha256.New()
	var line []byte
	for _, x := range f.files {
		line = binary.LittleEndian.AppendUint64(line[:0], uint64(x.wrote))
		sum.Write(line)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (f *Files) hash() string {
	sum := sha256.New()
	var line []byte
	for _, x := range f.files {
		line = binary.LittleEndian.AppendUint64(line[:0], uint64(len(x.name)))
		line = append(line, x.name...)
		line = binary.LittleEndian.AppendUint64(line, uint64(x.size))
		line = binary.LittleEndian.AppendUint64(line, uint64(int64(x.label)))
		sum.Write(line)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Image reads an image, reduced as Options.Side says. An error is an
// *UnreadableError unless the disk or this process is the cause; next time there may
// be a different error, or none.
func (f *Files) Image(i int) (tensor.Image, error) {
	if img := f.kept[i].Load(); img != nil {
		return *img, nil
	}
	b, err := f.Bytes(i)
	if err != nil {
		return tensor.Image{}, err
	}
	img, err := imagefile.Decode(b, imagefile.Limits{})
	if err != nil {
		return tensor.Image{}, unreadable(f.files[i].name, err)
	}
	img = imagefile.Reduce(img, f.options.Side)
	f.keep(i, img)
	return img, nil
}

// measure is Image, of which nothing is kept, and what that takes.
func (f *Files) measure(i int) (tensor.Image, Cost, error) {
	had := mem.Allocated()
	b, err := f.Bytes(i)
	file := mem.Allocated() - had
	if err != nil {
		return tensor.Image{}, Cost{Peak: file, Piece: file}, err
	}
	img, c, err := imagefile.Measure(b, imagefile.Limits{})
	if err != nil {
		c = Cost{Peak: file + c.Peak, Piece: max(file, c.Piece)}
		return tensor.Image{}, c, unreadable(f.files[i].name, err)
	}
	whole := int64(len(img.Pix))
	had = mem.Allocated()
	img = imagefile.Reduce(img, f.options.Side)
	reduced := mem.Allocated() - had
	c = Cost{Peak: file + max(c.Peak, whole+reduced), Piece: max(file, c.Piece, reduced)}
	return img, c, nil
}

// Bytes reads a file unchanged. Its errors are those of Image.
func (f *Files) Bytes(i int) ([]byte, error) {
	b, err := f.content(f.files[i])
	if was := f.files[i].size; err == nil && int64(len(b)) != was {
		err = fmt.Errorf("changed while it was in use: %d bytes, it had %d", len(b), was)
	}
	if err != nil {
		return nil, unreadable(f.files[i].name, err)
	}
	f.note(i, b)
	return b, nil
}

// keep keeps an image in memory from now on if there is room.
func (f *Files) keep(i int, img tensor.Image) {
	size := int64(len(img.Pix))
	if f.spent.Add(size) > f.options.Memory || !f.kept[i].CompareAndSwap(nil, &img) {
		f.spent.Add(-size)
	}
}
