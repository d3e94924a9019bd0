package data

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/internal/parallel"
)

// filesByClass returns the images of a split, class after class. Their names begin with
// split; classes are those that may occur.
func filesByClass(ctx context.Context, s byClass, split string, classes []string) ([]file, error) {
	here := s.classes()
	lists, errs := make([][]file, len(here)), make([]error, len(here))
	pool := parallel.New(0)
	defer pool.Close()
	pool.For(len(here), func(_, i int) { lists[i], errs[i] = s.images(ctx, here[i]) })
	for i, class := range here {
		label, ok := slices.BinarySearch(classes, class)
		switch {
		case errs[i] != nil:
			return nil, errs[i]
		case !ok:
			return nil, fmt.Errorf("%s: class %s, which train does not have", split, class)
		case len(lists[i]) == 0:
			return nil, fmt.Errorf("%s: no image of class %s", split, class)
		}
		for k := range lists[i] {
			f := &lists[i][k]
			f.name, f.label = split+"/"+class+"/"+f.name, label
		}
	}
	return slices.Concat(lists...), nil
}

// classFolders are folders named by WordNet IDs.
type classFolders struct {
	dir   string
	names []string
}

func openClassFolders(dir string) (*classFolders, error) {
	names, err := classFolderNames(dir)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("%s: no folder in it that is named like a class, such as n01440764", dir)
	}
	return &classFolders{dir, names}, err
}

// classFolderNames returns the folders in dir, sorted; none if the images are
// in dir itself.
func classFolderNames(dir string) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	image := "" // one that lies beside the folders
	for _, e := range entries {
		name := e.Name()
		info, err := os.Stat(filepath.Join(dir, name))
		switch {
		case hidden(name):
		case err == nil && info.IsDir() && !wordNetID(name):
			return nil, fmt.Errorf("%s: the folder %s is not named like a class, such as n01440764; "+
				"other folders of classes are read as folder:DIR", dir, name)
		case err == nil && info.IsDir():
			names = append(names, name)
		case imagefile.Known(name):
			image = name
		}
	}
	if image != "" && len(names) > 0 {
		return nil, fmt.Errorf("%s: the image %s is beside the folders of classes", dir, image)
	}
	return names, nil
}

func (c *classFolders) classes() []string { return c.names }
func (c *classFolders) Close() error      { return nil }

func (c *classFolders) images(ctx context.Context, class string) ([]file, error) {
	s := newScanner(ctx, filepath.Join(c.dir, class))
	err := s.all()
	return s.files, err
}

// content reads a file by its path below the parent folder of dir.
func (c *classFolders) content(f file) ([]byte, error) { return below(filepath.Dir(c.dir))(f) }

// classTars is a tar file of tar files named by WordNet IDs.
type classTars struct {
	*archive
	names []string
	tars  map[string]member // by name
}

func openClassTars(ctx context.Context, path string) (*classTars, error) {
	a, err := openArchive(ctx, path)
	if err != nil {
		return nil, err
	}
	c := &classTars{archive: a, tars: map[string]member{}}
	for _, m := range a.members {
		name, ok := strings.CutSuffix(m.name, ".tar")
		if !ok || !wordNetID(name) {
			c.Close()
			return nil, fmt.Errorf("%s: %s in it is not the archive of a class, such as n01440764.tar",
				path, m.name)
		}
		c.names, c.tars[name] = append(c.names, name), m
	}
	if len(c.names) == 0 {
		c.Close()
		return nil, fmt.Errorf("%s: no class in it", path)
	}
	slices.Sort(c.names)
	return c, nil
}

func (c *classTars) classes() []string { return c.names }
func (c *classTars) Close() error      { return c.file.Close() }

func (c *classTars) images(ctx context.Context, class string) ([]file, error) {
	m := c.tars[class]
	inside, err := members(ctx, c.file, m.at, m.size)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", c.file.Name(), m.name, err)
	}
	return c.archive.images(inside), nil
}
