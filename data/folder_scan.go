package data

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
)

// scanner finds the image files below a folder. A folder that several paths lead
// to is read once, with real paths before links, so that links can make neither
// loops nor second copies.
type scanner struct {
	ctx   context.Context // of the scan
	dir   string
	files []file
	seen  map[string]bool // real paths of folders
	links []string        // names of links to folders, still to be followed
	other map[string]int  // photographs in formats that are not read, by extension
}

// scan finds the image files below a folder, sorted by name, at least one.
func scan(ctx context.Context, dir string) (*scanner, error) {
	s, err := walk(ctx, dir)
	if err != nil {
		return nil, err
	}
	if len(s.files) == 0 {
		but := s.foreign()
		if but != "" {
			but = ", but " + but + ", which must be converted to one of these first"
		}
		return nil, fmt.Errorf("data: folder %s: no images in it (jpg, png, gif, bmp, tiff, webp)%s", dir, but)
	}
	return s, nil
}

// walk looks at everything below a folder.
func walk(ctx context.Context, dir string) (*scanner, error) {
	if dir == "" {
		return nil, errors.New("data: folder: no path; the form is folder:DIR")
	}
	var at *fs.PathError
	switch info, err := os.Stat(dir); {
	case errors.As(err, &at):
		return nil, fmt.Errorf("data: folder %s: %w", dir, at.Err)
	case err != nil:
		return nil, fmt.Errorf("data: folder: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("data: folder %s: it is a file; name the folder it is in", dir)
	}
	s := newScanner(ctx, dir)
	if err := s.all(); err != nil {
		return nil, fmt.Errorf("data: folder %s: %w", dir, err)
	}
	return s, nil
}

func newScanner(ctx context.Context, dir string) *scanner {
	return &scanner{ctx: ctx, dir: dir, seen: map[string]bool{}, other: map[string]int{}}
}

// all finds the files, sorted by name.
func (s *scanner) all() error {
	err := s.follow("")
	for err == nil && len(s.links) > 0 {
		next := s.links[0]
		s.links = s.links[1:]
		err = s.follow(next)
	}
	sortFiles(s.files)
	return err
}

func sortFiles(files []file) {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
}

// follow reads a folder by its real path.
func (s *scanner) follow(name string) error {
	real, err := filepath.EvalSymlinks(s.path(name))
	if err == nil {
		real, err = filepath.Abs(real)
	}
	if at := new(fs.PathError); err != nil && !errors.As(err, &at) { // a link below a file, for one
		err = fmt.Errorf("%s: %w", s.path(name), err)
	}
	if err != nil {
		return err
	}
	return s.read(name, real)
}

func (s *scanner) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// read adds the files of a folder, given its real path, and of those in it.
func (s *scanner) read(name, real string) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if s.seen[real] {
		return nil
	}
	s.seen[real] = true
	entries, err := os.ReadDir(real)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if hidden(e.Name()) {
			continue
		}
		below := e.Name()
		if name != "" {
			below = name + "/" + below
		}
		if err := s.entry(below, filepath.Join(real, e.Name()), e); err != nil {
			return err
		}
	}
	return nil
}

// entry adds one entry of a folder. A dangling link counts as a file that
// cannot be read.
func (s *scanner) entry(name, real string, e fs.DirEntry) error {
	if err := s.ctx.Err(); err != nil { // a folder may be flat, and each file is a call of the disk
		return err
	}
	if e.IsDir() {
		return s.read(name, real)
	}
	link := e.Type()&fs.ModeSymlink != 0
	if !link && !imagefile.Known(name) {
		s.note(name)
		return nil
	}
	info, err := os.Stat(real)
	switch {
	case err == nil && info.IsDir():
		s.links = append(s.links, name)
	case !imagefile.Known(name):
	case err == nil:
		s.files = append(s.files, file{name: name, size: info.Size(), wrote: info.ModTime().UnixNano()})
	case link || errors.Is(err, fs.ErrNotExist):
		s.files = append(s.files, file{name: name})
	default:
		return err
	}
	return nil
}

// foreignEndings are the extensions of photographs that cameras make and this
// program cannot read.
var foreignEndings = []string{".heic", ".heif", ".avif", ".jxl", ".dng", ".cr2",
	".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2"}

// note counts a photograph that is skipped because of its format.
func (s *scanner) note(name string) {
	if ext := strings.ToLower(path.Ext(name)); slices.Contains(foreignEndings, ext) {
		s.other[ext[1:]]++
	}
}

// foreign summarises what note has counted.
func (s *scanner) foreign() string {
	var counts []string
	for _, ext := range slices.Sorted(maps.Keys(s.other)) {
		counts = append(counts, fmt.Sprintf("%d %s", s.other[ext], ext))
	}
	return strings.Join(counts, ", ")
}

// atHome puts the home folder in place of a leading ~, which a shell leaves
// alone after "folder:", unless there is a folder of that name.
func atHome(dir string) string {
	below, tilde := strings.CutPrefix(dir, "~/")
	if _, err := os.Stat("~"); !tilde || err == nil {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return dir
	}
	return filepath.Join(home, below)
}

// hidden reports whether a name is one that nobody put there as a photograph.
func hidden(name string) bool {
	return strings.HasPrefix(name, ".") || name == "__MACOSX" || name == "@eaDir"
}
