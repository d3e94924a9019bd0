package data

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/segment"
)

// bsds is a split of BSDS500 (Arbeláez, Maire, Fowlkes and Malik 2011, "Contour
// Detection and Hierarchical Image Segmentation", IEEE TPAMI 33(5), doi
// 10.1109/TPAMI.2010.161): photographs, each segmented by several people. A folder
// holds
//
//	images/train/100075.jpg
//	groundTruth/train/100075.mat, or
//	segmentations/train/100075_0.png, 100075_1.png, one for each person
//
// and the same for val and test. Labels are the region numbers in the files.
// Images have the same names and order in both forms.
type bsds struct {
	*Files
	root   string
	form   truthForm
	truths [][]string // for each image, the files below root
}

const bsdsURL = "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/BSR_bsds500.tgz"

// bsdsRoots are where that folder may lie below the one that a user names.
var bsdsRoots = []string{".", "BSR/BSDS500/data", "BSDS500/data", "data"}

// openBSDS opens a split of "bsds500:DIR" or "bsds500:DIR,split=test".
func openBSDS(rest string, split Split, o Options) (Dataset, error) {
	dir, held, found := cutOption(rest, "split")
	switch {
	case dir == "":
		return nil, specErrorf("data: bsds500: no directory; write bsds500:DIR or bsds500:DIR,split=test")
	case !found:
		held = "val"
	case held != "val" && held != "test":
		return nil, specErrorf("data: bsds500: split=%q, need val or test", held)
	}
	part := "train"
	if split == Test {
		part = held
	}
	set, err := readBSDS(atHome(dir), part, o)
	if err != nil {
		return nil, fmt.Errorf("data: bsds500: %w", err)
	}
	return set, nil
}

func readBSDS(dir, part string, o Options) (*bsds, error) {
	b, err := findBSDS(dir)
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{"images", b.form.folder} {
		if at := filepath.Join(b.root, folder, part); !exists(at) {
			return nil, fmt.Errorf("%s: no folder %s/%s in it; get %s", b.root, folder, part, bsdsURL)
		}
	}
	images := filepath.Join(b.root, "images")
	s := newScanner(o.scanning(), filepath.Join(images, part))
	if err := s.all(); err != nil {
		return nil, err
	}
	if len(s.files) == 0 {
		return nil, fmt.Errorf("%s: no images in it", s.dir)
	}
	truths, err := b.form.list(b.root, part)
	if err != nil {
		return nil, err
	}
	for i := range s.files {
		f := &s.files[i]
		f.name, f.label = part+"/"+f.name, -1
		id := strings.TrimSuffix(f.name, path.Ext(f.name))
		if truths[id] == nil {
			return nil, fmt.Errorf("%s: images/%s has no segmentation %s/%s%s: put it there or remove the image",
				b.root, f.name, b.form.folder, id, b.form.ending)
		}
		b.truths = append(b.truths, truths[id])
	}
	b.Files = newFiles(s.files, nil, below(images), o)
	return b, nil
}

// findBSDS returns a bsds with its folders found, but no images or segmentations yet.
func findBSDS(dir string) (*bsds, error) {
	switch info, err := os.Stat(dir); {
	case err != nil:
		return nil, fmt.Errorf("%w; get %s", err, bsdsURL)
	case !info.IsDir():
		return nil, fmt.Errorf("%s is a file; unpack it and name the folder", dir)
	}
	for _, root := range bsdsRoots {
		root = filepath.Join(dir, filepath.FromSlash(root))
		for _, form := range truthForms {
			if exists(filepath.Join(root, "images")) && exists(filepath.Join(root, form.folder)) {
				return &bsds{root: root, form: form}, nil
			}
		}
	}
	if archive := path.Base(bsdsURL); exists(filepath.Join(dir, archive)) {
		return nil, fmt.Errorf("%s: unpack %s, in which single images cannot be read", dir, archive)
	}
	return nil, fmt.Errorf("%s: no folders images and groundTruth or segmentations in it or in %s; get %s",
		dir, bsdsRoots[1], bsdsURL)
}

// Truths reads the segmentations of an image. An error is an *UnreadableError that
// names the file.
func (b *bsds) Truths(i int) ([]segment.Map, error) {
	image, err := b.Bytes(i)
	if err != nil {
		return nil, &UnreadableError{b.Name(i), err}
	}
	w, h, _, err := imagefile.Config(image)
	if err != nil {
		return nil, &UnreadableError{b.Name(i), err}
	}
	var maps []segment.Map
	for _, name := range b.truths[i] {
		file, err := imagefile.Bytes(filepath.Join(b.root, filepath.FromSlash(name)), imagefile.Limits{})
		var read []segment.Map
		if err == nil {
			read, err = b.form.read(file, w, h)
		}
		if err != nil {
			return nil, &UnreadableError{name, fmt.Errorf("%w: put the original file back", err)}
		}
		maps = append(maps, read...)
	}
	return slices.Clip(maps), nil
}
