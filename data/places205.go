package data

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/amdim/amdim/internal/parallel"
	"github.com/amdim/amdim/internal/regular"
)

// places is Places205 (Zhou et al. 2014, "Learning Deep Features for Scene
// Recognition using Places Database"; http://places.csail.mit.edu), or in tests a
// smaller collection with its layout: two lists of labelled paths, and one folder
// with the images of both.
type places struct {
	classes int
}

var places205 = places{classes: 205}

// placesRoots are where the folder of images may lie below that of the collection.
var placesRoots = []string{"data/vision/torralba/deeplearning/images256", "images256", "."}

const placesArchive = "imagesPlaces205_resize.tar.gz"

// open opens a split of "places205:DIR", in the order of its list.
func (p places) open(dir string, split Split, o Options) (Dataset, error) {
	if dir == "" {
		return nil, specErrorf("data: places205: no directory; write places205:DIR")
	}
	set, err := p.read(atHome(dir), split, o)
	if err != nil {
		return nil, fmt.Errorf("data: places205: %w", err)
	}
	return set, nil
}

// read reads the list of val for every split: the lists must agree on the
// classes.
func (p places) read(dir string, split Split, o Options) (Dataset, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	classes := newClassPaths(p.classes)
	files, err := p.readList(dir, "val_places205.csv", classes)
	if err == nil && split != Test {
		files, err = p.readList(dir, "train_places205.csv", classes)
	}
	if err != nil {
		return nil, err
	}
	root, err := findPlaces(dir, path.Dir(files[0].name))
	if err != nil {
		return nil, err
	}
	if err := measureFiles(o.scanning(), files, root); err != nil {
		return nil, err
	}
	return newFiles(files, classes.names(), below(root), o), nil
}

// maxList bounds a list: the official ones have up to 2.4 million lines of some 50 bytes.
const maxList = 1 << 29

func (p places) readList(dir, name string, classes *classPaths) ([]file, error) {
	const folder = "trainvalsplit_places205"
	at := filepath.Join(dir, folder, name)
	if !exists(at) {
		at = filepath.Join(dir, name)
	}
	if !exists(at) {
		return nil, fmt.Errorf("%s: no %s in it or in %s", dir, name, folder)
	}
	if info, err := os.Stat(at); err == nil && info.Size() > maxList {
		return nil, fmt.Errorf("%s: %d bytes, more than %d MiB: not a list of Places205",
			at, info.Size(), maxList>>20)
	}
	text, err := regular.Read(at)
	if err != nil {
		return nil, err
	}
	files, err := parseList(string(text), p.classes)
	if err == nil {
		err = classes.add(files)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return files, nil
}

// findPlaces returns the folder of images, which contains that of a class.
func findPlaces(dir, class string) (string, error) {
	for _, root := range placesRoots {
		root = filepath.Join(dir, filepath.FromSlash(root))
		if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(class))); err == nil && info.IsDir() {
			return root, nil
		}
	}
	if exists(filepath.Join(dir, placesArchive)) {
		return "", fmt.Errorf("%s: unpack %s, in which single images cannot be read", dir, placesArchive)
	}
	return "", fmt.Errorf("%s: no folder %s in it, in %s or in %s; unpack %s there",
		dir, class, placesRoots[1], placesRoots[0], placesArchive)
}

// measureFiles sets the sizes of files below dir, and when these were written. Missing ones
// get none and cannot be read later.
func measureFiles(ctx context.Context, files []file, dir string) error {
	pool := parallel.New(0)
	defer pool.Close()
	pool.For(len(files), func(_, i int) {
		if ctx.Err() != nil {
			return
		}
		if info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(files[i].name))); err == nil {
			files[i].size, files[i].wrote = info.Size(), info.ModTime().UnixNano()
		}
	})
	return ctx.Err()
}
