package data

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	mem "github.com/amdim/amdim/internal/memory"
)

// Layout of the binary version of STL-10 (Coates, Ng and Lee 2011, "An Analysis of
// Single-Layer Networks in Unsupervised Feature Learning";
// https://cs.stanford.edu/~acoates/stl10/): images and labels are in separate
// files. An image is the red, green and blue plane, each column-major; a label is
// one byte, counted from 1.
const (
	stlSide  = 96
	stlImage = 3 * stlSide * stlSide
)

// stl is STL-10, or in tests a smaller collection with its layout.
type stl struct {
	origin                     origin
	classes                    []string
	training, test, unlabelled int // images
	folds, perFold             int
}

var stl10 = stl{
	origin: origin{
		url:      "https://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz",
		get:      "amdim data get stl10",
		md5:      "91f7769df0f17e558f3565bffb0c7dfb",
		sha256:   "f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866",
		folder:   "stl10_binary",
		unpacked: 4 << 30, // the official one has 3.1 GB
	},
	classes:  []string{"airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"},
	training: 5_000, test: 8_000, unlabelled: 100_000,
	folds: 10, perFold: 1_000,
}

// open reads "DIR" or "DIR,fold=K". With a fold, Train is the images of fold K,
// while Pretrain and Test are unchanged.
func (s stl) open(rest string, split Split, o Options) (Dataset, error) {
	path, fold, err := s.parse(rest)
	if err != nil {
		return nil, specErrorf("data: stl10: %w", err)
	}
	set, err := s.read(path, fold, split, o)
	if err != nil {
		return nil, fmt.Errorf("data: stl10: %w", err)
	}
	return set, nil
}

// parse returns fold −1 if none is named.
func (s stl) parse(rest string) (path string, fold int, err error) {
	fold = -1
	path, number, found := cutOption(rest, "fold")
	if found {
		fold, err = strconv.Atoi(number)
		if err != nil || fold < 0 || fold >= s.folds {
			return "", 0, fmt.Errorf("fold=%q, need a whole number from 0 to %d", number, s.folds-1)
		}
	}
	if path == "" {
		return "", 0, errors.New("no directory; write stl10:DIR or stl10:DIR,fold=K")
	}
	return atHome(path), fold, nil
}

func (s stl) read(path string, fold int, split Split, o Options) (Dataset, error) {
	switch {
	case split == Test:
		m := newMemory(s.test, stlSide, stlSide, s.classes)
		return m, s.origin.read(path, []recordFile{s.images("test", m, 0, s.test), s.labels("test", m, s.test)})
	case split == Pretrain:
		return s.readAll(path, o)
	case fold >= 0:
		return s.readFold(path, fold)
	}
	m := newMemory(s.training, stlSide, stlSide, s.classes)
	return m, s.origin.read(path, s.labelled(m))
}

// labelled are the files of the training images.
func (s stl) labelled(m *memory) []recordFile {
	return []recordFile{s.images("train", m, 0, s.training), s.labels("train", m, s.training)}
}

// images sets n images of m, starting with image first.
func (s stl) images(part string, m *memory, first, n int) recordFile {
	return recordFile{part + "_X.bin", n, stlImage, func(k int, record []byte) error {
		transpose(m.image(first+k).Pix, record, stlSide)
		return nil
	}}
}

func (s stl) labels(part string, m *memory, n int) recordFile {
	return recordFile{part + "_y.bin", n, 1, func(k int, record []byte) error {
		if int(record[0]) < 1 || int(record[0]) > len(s.classes) {
			return fmt.Errorf("label %d, need 1 to %d", record[0], len(s.classes))
		}
		m.labels[k] = int8(record[0] - 1)
		return nil
	}}
}

// readFold reads the training images of a fold, in the fold's order.
func (s stl) readFold(path string, fold int) (*memory, error) {
	all := newMemory(s.training, stlSide, stlSide, s.classes)
	var chosen []int
	files := append(s.labelled(all), recordFile{"fold_indices.txt", 1, 0, func(_ int, text []byte) (err error) {
		chosen, err = s.parseFold(string(text), fold)
		return err
	}})
	if err := s.origin.read(path, files); err != nil {
		return nil, err
	}
	m := newMemory(len(chosen), stlSide, stlSide, s.classes)
	for i, from := range chosen {
		m.labels[i] = all.labels[from]
		copy(m.image(i).Pix, all.image(from).Pix)
	}
	return m, nil
}

// parseFold reads the images of a fold from fold_indices.txt: a line per fold,
// numbers from 0.
func (s stl) parseFold(text string, fold int) ([]int, error) {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	if len(lines) != s.folds {
		return nil, fmt.Errorf("%d lines, need %d, one per fold", len(lines), s.folds)
	}
	fields := strings.Fields(lines[fold])
	if len(fields) != s.perFold {
		return nil, fmt.Errorf("line %d: %d numbers, need %d", fold+1, len(fields), s.perFold)
	}
	chosen, seen := make([]int, len(fields)), make(map[int]bool, len(fields))
	for i, field := range fields {
		at, err := strconv.Atoi(field)
		if err != nil || at < 0 || at >= s.training || seen[at] {
			return nil, fmt.Errorf("line %d: %q is not an image from 0 to %d, or is there twice",
				fold+1, field, s.training-1)
		}
		chosen[i], seen[at] = at, true
	}
	return chosen, nil
}

// readAll opens the training images followed by the unlabelled ones.
func (s stl) readAll(path string, o Options) (Dataset, error) {
	found, archive, err := s.origin.find(path, "train_X.bin")
	if err != nil {
		return nil, err
	}
	if archive {
		return s.readAllFromArchive(found, o)
	}
	m := newMemory(s.training, stlSide, stlSide, s.classes)
	if err := s.origin.readFolder(found, s.labelled(m)); err != nil {
		return nil, err
	}
	file := recordFile{name: "unlabeled_X.bin", records: s.unlabelled, length: stlImage}
	f, err := s.origin.open(filepath.Join(found, file.name), file)
	if err != nil {
		return nil, err
	}
	return newSTLAll(m, f, s.unlabelled), nil
}

// readAllFromArchive holds everything in memory, if there is room: an archive has no
// random access to an image.
func (s stl) readAllFromArchive(file string, o Options) (Dataset, error) {
	n, most := s.training+s.unlabelled, o.Memory
	if most == 0 { // only files, which can be decoded again, need not be kept
		most = mem.ForImages()
	}
	if need := int64(n) * stlImage; need > most {
		return nil, fmt.Errorf(
			"%s: its %d images take %d MB of memory, %d MB may be used; unpack it and name the folder",
			file, n, need/1e6, most/1e6)
	}
	m := newMemory(n, stlSide, stlSide, s.classes)
	for i := s.training; i < n; i++ {
		m.labels[i] = -1
	}
	files := append(s.labelled(m), s.images("unlabeled", m, s.training, s.unlabelled))
	return m, s.origin.readArchive(file, files)
}

// transpose sets pix, (side, side, 3), from planes in column-major order.
func transpose(pix, planes []byte, side int) {
	n := side * side
	red, green, blue := planes[:n], planes[n:2*n], planes[2*n:3*n]
	for y := range side {
		row := pix[3*side*y : 3*side*(y+1)]
		for x := range side {
			at := x*side + y
			row[3*x], row[3*x+1], row[3*x+2] = red[at], green[at], blue[at]
		}
	}
}
