package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/amdim/amdim/imagefile"
	"github.com/amdim/amdim/tensor"
)

// Folder is a folder of image files. They are read when they are asked for and
// kept in memory while [Options.Memory] lasts.
type Folder struct {
	dir     string
	files   []file
	classes []string // nil: unlabelled
	options Options
	digest  func() string
	kept    []atomic.Pointer[tensor.Image]
	spent   atomic.Int64 // bytes of kept
}

// file is one of a Folder, in the order of names.
type file struct {
	name  string // path below the folder, with slashes
	size  int64  // in bytes, when the folder was opened
	label int    // −1: none
}

// OpenFolder returns all images in a folder, at any depth and in the order of
// their paths. Symbolic links are followed; hidden files and folders are left
// out, as is what has no extension of an image. The first level of folders is
// the class where there are several and no image lies beside them.
func OpenFolder(dir string, o Options) (*Folder, error) {
	dir = atHome(dir)
	files, err := scan(dir)
	if err != nil {
		return nil, err
	}
	return newFolder(dir, files, label(files, ""), o), nil
}

func newFolder(dir string, files []file, classes []string, o Options) *Folder {
	f := &Folder{dir: dir, files: files, classes: classes, options: o}
	f.kept = make([]atomic.Pointer[tensor.Image], len(files))
	f.digest = sync.OnceValue(f.sum)
	return f
}

// Dir is the folder.
func (f *Folder) Dir() string { return f.dir }

// Path is where the file of an image is on disk.
func (f *Folder) Path(i int) string { return filepath.Join(f.dir, filepath.FromSlash(f.files[i].name)) }

// Name is the path of an image below Dir, with slashes.
func (f *Folder) Name(i int) string { return f.files[i].name }

// Len is the number of files, readable or not.
func (f *Folder) Len() int { return len(f.files) }

// Label is the index of the image's class, −1 where there is none.
func (f *Folder) Label(i int) int { return f.files[i].label }

// Classes are the names of the folders that are classes, nil where none is.
func (f *Folder) Classes() []string { return f.classes }

// Digest is the SHA-256 over the name, size in bytes and label of every file in
// order. The content is not read: a file that is replaced by one of the same
// size is not noticed.
func (f *Folder) Digest() string { return f.digest() }

func (f *Folder) sum() string {
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
// *UnreadableError; it may be another one, or none, the next time.
func (f *Folder) Image(i int) (tensor.Image, error) {
	if img := f.kept[i].Load(); img != nil {
		return *img, nil
	}
	img, err := f.read(i)
	if err != nil {
		return tensor.Image{}, &UnreadableError{f.files[i].name, err}
	}
	f.keep(i, img)
	return img, nil
}

func (f *Folder) read(i int) (tensor.Image, error) {
	var limits imagefile.Limits
	b, err := imagefile.Bytes(f.Path(i), limits)
	if err != nil {
		return tensor.Image{}, err
	}
	if was := f.files[i].size; int64(len(b)) != was {
		return tensor.Image{}, fmt.Errorf("changed while it was in use: %d bytes, it had %d", len(b), was)
	}
	img, err := imagefile.Decode(b, limits)
	if err != nil {
		return tensor.Image{}, err
	}
	return imagefile.Reduce(img, f.options.Side), nil
}

// keep holds an image from now on if there is room.
func (f *Folder) keep(i int, img tensor.Image) {
	size := int64(len(img.Pix))
	if f.spent.Add(size) > f.options.Memory || !f.kept[i].CompareAndSwap(nil, &img) {
		f.spent.Add(-size)
	}
}

// openFolder opens a split of "folder:DIR".
func openFolder(dir string, split Split, o Options) (Dataset, error) {
	dir = atHome(dir)
	files, err := scan(dir)
	if err != nil {
		return nil, err
	}
	train, test, classes := splits(files)
	chosen := train
	if split == Test {
		chosen = test
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("data: folder %s: none of its %d images is in the %s split: "+
			"add images, or put them into folders train and test", dir, len(files), split)
	}
	return newFolder(dir, chosen, classes, o), nil
}

// splits are those of a folder: its sub-folders train and test or val, or else a
// tenth of the files held out by name. Of files without labels all may be
// learnt from, those held out too.
func splits(files []file) (train, test []file, classes []string) {
	top := topFolders(files)
	if held := heldOutFolder(top); held != "" {
		for _, f := range files {
			switch first, _, _ := strings.Cut(f.name, "/"); first {
			case "train":
				train = append(train, f)
			case held:
				test = append(test, f)
			}
		}
		classes = labelBelow(train, test, held)
		return train, test, classes
	}
	classes = label(files, "")
	for _, f := range files {
		out := heldOut(f.name)
		if out {
			test = append(test, f)
		}
		if !out || classes == nil {
			train = append(train, f)
		}
	}
	return train, test, classes
}

// heldOut is true of a tenth of the names: where the first eight bytes of the
// SHA-256, big endian, are a multiple of ten.
func heldOut(name string) bool {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:8])%10 == 0
}
