package data

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/amdim/amdim/internal/spelling"
)

// Folder is a folder of image files.
type Folder struct {
	*Files
	dir             string
	foreign, splits string
}

// OpenFolder returns all images in a folder, at any depth and in the order of
// their paths. Symbolic links are followed; hidden files and folders are left
// out, as are files without an image extension. The first level of folders
// gives the classes if there are several and no image lies beside them. The error
// wraps that of Options.Context if this is done.
func OpenFolder(dir string, o Options) (*Folder, error) {
	dir = atHome(dir)
	s, err := scan(o.scanning(), dir)
	if err != nil {
		return nil, err
	}
	return s.folder(s.files, label(s.files, ""), o), nil
}

// folder is some of the files that were found.
func (s *scanner) folder(files []file, classes []string, o Options) *Folder {
	f := &Folder{dir: s.dir, foreign: s.foreign(), splits: splitNote(s.files)}
	f.Files = newFiles(files, classes, below(s.dir), o)
	return f
}

// Foreign counts the photographs in all of the folder that are skipped because of their
// format, such as "2 cr2, 30 heic"; empty if there are none.
func (f *Folder) Foreign() string { return f.foreign }

// SplitNote says what of the folder is not used as the names of its folders suggest; empty
// if all is.
func (f *Folder) SplitNote() string { return f.splits }

// Dir is the folder.
func (f *Folder) Dir() string { return f.dir }

// FolderOf is the folder that a spec "folder:DIR" names, with a leading ~ replaced
// by the user's; ok is false for other data.
func FolderOf(spec string) (dir string, ok bool) {
	dir, ok = strings.CutPrefix(spec, "folder:")
	return atHome(dir), ok
}

// openFolder opens a split of "folder:DIR".
func openFolder(dir string, split Split, o Options) (Dataset, error) {
	s, err := scan(o.scanning(), atHome(dir))
	if err != nil {
		return nil, err
	}
	return s.split(split, o)
}

func (s *scanner) split(split Split, o Options) (Dataset, error) {
	train, test, classes := splits(s.files)
	chosen := train
	if split == Test {
		chosen = test
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("data: folder %s: %s, %w: add images, or put them into folders train and test",
			s.dir, spelling.Count(len(s.files), "image"), &EmptyError{split})
	}
	return s.folder(chosen, classes, o), nil
}

// EmptyError is wrapped in the error for a folder, or a pack of one, that has images
// but none in a split.
type EmptyError struct{ Split Split }

func (e *EmptyError) Error() string { return fmt.Sprintf("none in the %s split", e.Split) }

// splits returns those of a folder: its sub-folders train and test (or what else
// splitNames says), or else a tenth of the files held out by name. If the files have no
// labels, all may be learnt from, including those held out.
func splits(files []file) (train, test []file, classes []string) {
	if learnt, held, ok := newSplitFolders(topFolders(files)).chosen(); ok {
		for _, f := range files {
			switch first, _, _ := strings.Cut(f.name, "/"); first {
			case learnt:
				train = append(train, f)
			case held:
				test = append(test, f)
			}
		}
		classes = labelBelow(train, test, learnt, held)
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

// heldOut is true for a tenth of the names: those whose SHA-256 begins with
// eight bytes that, big endian, are a multiple of ten.
func heldOut(name string) bool {
	sum := sha256.Sum256([]byte(name))
	return binary.BigEndian.Uint64(sum[:8])%10 == 0
}
