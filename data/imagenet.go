package data

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/amdim/amdim/internal/spelling"
)

// imageNet is a folder with the images of ILSVRC 2012 (Russakovsky et al. 2015,
// "ImageNet Large Scale Visual Recognition Challenge", arXiv 1409.0575;
// https://image-net.org), or some of them. It holds, each as a folder or as the
// official archive,
//
//	train/n01440764/n01440764_10026.JPEG
//	val/n01751748/ILSVRC2012_val_00000001.JPEG, or without the folder between
//
// where n01440764 is the WordNet ID of the class. In the archive of train each
// class is an archive; that of val is flat, and flat images take their labels from
// the devkit. In either form the images have the same names and order: those of
// folders. Labels number the classes of train in the order of their IDs.
type imageNet struct {
	dir string
}

// openImageNet opens a split of "imagenet:DIR".
func openImageNet(dir string, split Split, o Options) (Dataset, error) {
	if dir == "" {
		return nil, specErrorf("data: imagenet: no directory; write imagenet:DIR")
	}
	n := imageNet{atHome(dir)}
	open := n.openTrain
	if split == Test {
		open = n.openVal
	}
	set, err := open(o)
	if err != nil {
		return nil, fmt.Errorf("data: imagenet: %w", err)
	}
	return set, nil
}

// find returns the folder of a split or, if there is none, its archive.
func (n imageNet) find(folder, archive string) (found string, isArchive bool, err error) {
	info, err := os.Stat(n.dir)
	switch {
	case err != nil:
		return "", false, err
	case !info.IsDir():
		return "", false, fmt.Errorf("%s: it is a file; name the folder it is in", n.dir)
	}
	for _, name := range []string{folder, archive} {
		if found = filepath.Join(n.dir, name); exists(found) {
			return found, name == archive, nil
		}
	}
	return "", false, fmt.Errorf("%s: no folder %s and no %s in it", n.dir, folder, archive)
}

// byClass is a split that keeps the images of each class together.
type byClass interface {
	classes() []string // sorted
	images(ctx context.Context, class string) ([]file, error)
	content(f file) ([]byte, error)
	Close() error
}

func (n imageNet) train(ctx context.Context) (byClass, error) {
	found, isArchive, err := n.find("train", "ILSVRC2012_img_train.tar")
	if err != nil {
		return nil, err
	}
	if isArchive {
		return openClassTars(ctx, found)
	}
	return openClassFolders(found)
}

func (n imageNet) openTrain(o Options) (Dataset, error) {
	train, err := n.train(o.scanning())
	if err != nil {
		return nil, err
	}
	files, err := filesByClass(o.scanning(), train, "train", train.classes())
	if err != nil {
		train.Close()
		return nil, err
	}
	return newFiles(files, train.classes(), train.content, o), nil
}

func (n imageNet) openVal(o Options) (Dataset, error) {
	train, err := n.train(o.scanning())
	if err != nil {
		return nil, err
	}
	classes := train.classes()
	train.Close()
	found, isArchive, err := n.find("val", "ILSVRC2012_img_val.tar")
	switch {
	case err != nil:
		return nil, err
	case isArchive:
		return n.openValArchive(found, classes, o)
	}
	folders, err := classFolderNames(found)
	switch {
	case err != nil:
		return nil, err
	case len(folders) == 0:
		return n.openFlatVal(found, classes, o)
	}
	val := &classFolders{found, folders}
	files, err := filesByClass(o.scanning(), val, "val", classes)
	if err != nil {
		return nil, err
	}
	return newFiles(files, classes, val.content, o), nil
}

func (n imageNet) openValArchive(found string, classes []string, o Options) (Dataset, error) {
	a, err := openArchive(o.scanning(), found)
	if err != nil {
		return nil, err
	}
	files := a.images(a.members)
	if err := n.labelFlat(files, found, classes); err != nil {
		a.file.Close()
		return nil, err
	}
	return newFiles(files, classes, a.content, o), nil
}

func (n imageNet) openFlatVal(found string, classes []string, o Options) (Dataset, error) {
	s := newScanner(o.scanning(), found)
	if err := s.all(); err != nil {
		return nil, err
	}
	if err := n.labelFlat(s.files, found, classes); err != nil {
		return nil, err
	}
	read := below(found)
	flat := func(f file) ([]byte, error) {
		f.name = path.Base(f.name)
		return read(f)
	}
	return newFiles(s.files, classes, flat, o), nil
}

// labelFlat gives images without class folders the class from the devkit, and
// the name and order that they would have in such folders.
func (n imageNet) labelFlat(files []file, found string, classes []string) error {
	if len(files) == 0 {
		return fmt.Errorf("%s: no images in it", found)
	}
	truth, err := devkit.truth(n.dir)
	if err != nil {
		return err
	}
	if len(files) != len(truth) {
		return fmt.Errorf("%s: %s, but %s has %d lines, need one for each",
			found, spelling.Count(len(files), "image"), devkitTruth, len(truth))
	}
	for i := range files {
		f := &files[i]
		// The names are sorted and distinct, so number i+1 must be here.
		if want := fmt.Sprintf("ILSVRC2012_val_%08d.JPEG", i+1); f.name != want {
			return fmt.Errorf("%s: %s where %s is expected", found, f.name, want)
		}
		label, ok := slices.BinarySearch(classes, truth[i])
		if !ok {
			return fmt.Errorf("%s: %s is of class %s, which train does not have", found, f.name, truth[i])
		}
		f.name, f.label = "val/"+truth[i]+"/"+f.name, label
	}
	sortFiles(files)
	return nil
}
