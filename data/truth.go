package data

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/segment"
)

// truthForm is a form in which segmentations are stored in separate files.
type truthForm struct {
	folder string // beside that of the images
	ending string // of their names, after the image's: for messages
	image  func(name string) (image string, ok bool)
	read   func(file []byte, w, h int) ([]segment.Map, error)
}

var truthForms = []truthForm{
	{"groundTruth", ".mat", imageOfMat, readMatTruths},
	{"segmentations", "_0.png", imageOfPNG, readPNGTruth},
}

// imageOfMat is 100075 for 100075.mat.
func imageOfMat(name string) (image string, ok bool) { return strings.CutSuffix(name, ".mat") }

// imageOfPNG is 100075 for 100075_0.png.
func imageOfPNG(name string) (image string, ok bool) {
	stem, ok := strings.CutSuffix(name, ".png")
	at := strings.LastIndexByte(stem, '_')
	return stem[:max(0, at)], ok && at > 0
}

// list returns the files of a split, as paths below root, keyed by their image's
// path below the folder of images, without its extension. Those of one image are
// in the order of their annotators: 2 comes before 10.
func (t truthForm) list(root, split string) (map[string][]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, t.folder, split))
	if err != nil {
		return nil, err
	}
	lists := map[string][]string{}
	for _, e := range entries {
		if image, ok := t.image(e.Name()); ok && !hidden(e.Name()) {
			image = split + "/" + image
			lists[image] = append(lists[image], t.folder+"/"+split+"/"+e.Name())
		}
	}
	for _, l := range lists {
		slices.SortFunc(l, func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
		})
	}
	return lists, nil
}

// readPNGTruth reads the labels of an image of w×h.
func readPNGTruth(file []byte, w, h int) ([]segment.Map, error) {
	labels, err := imagefile.Labels(file, w, h)
	if err != nil {
		return nil, err
	}
	return []segment.Map{{W: w, H: h, Label: labels}}, nil
}

// readMatTruths reads a cell array of structs, one for each annotator, whose field
// Segmentation has the labels of an image of w×h.
func readMatTruths(file []byte, w, h int) ([]segment.Map, error) {
	a, err := readMatArray(file, "groundTruth")
	if err != nil {
		return nil, err
	}
	cells, err := a.cells()
	if err == nil && len(cells) == 0 {
		err = fmt.Errorf("the array %s is empty", a.name)
	}
	if err != nil {
		return nil, err
	}
	var maps []segment.Map
	for _, cell := range cells {
		rows, err := cell.structs("Segmentation")
		if err == nil && len(rows) != 1 {
			err = fmt.Errorf("the array %s has %d structs, need one", cell.name, len(rows))
		}
		if err != nil {
			return nil, err
		}
		m, err := rows[0][0].segmentation(w, h)
		if err != nil {
			return nil, fmt.Errorf("the field Segmentation of %s: %w", cell.name, err)
		}
		maps = append(maps, m)
	}
	return maps, nil
}

// segmentation converts an array of labels, which are stored column by column.
func (a matArray) segmentation(w, h int) (segment.Map, error) {
	if len(a.dims) != 2 {
		return segment.Map{}, fmt.Errorf("%d dimensions, need 2", len(a.dims))
	}
	if rows, columns := a.dims[0], a.dims[1]; int64(rows) != int64(h) || int64(columns) != int64(w) {
		return segment.Map{}, fmt.Errorf("%d×%d pixels for an image of %d×%d", columns, rows, w, h)
	}
	labels, err := a.integers()
	if err != nil {
		return segment.Map{}, err
	}
	m := segment.NewMap(h, w)
	for i, l := range labels {
		m.Label[i%h*w+i/h] = l
	}
	return m, m.Validate()
}
