package data

import "fmt"

// Layout of the binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009,
// "Learning Multiple Layers of Features from Tiny Images";
// https://www.cs.toronto.edu/~kriz/cifar.html): a record is its labels, one byte
// each, and the red, green and blue plane, each row-major.
const (
	cifarSide  = 32
	cifarPlane = cifarSide * cifarSide
)

// cifar is one of the two collections.
type cifar struct {
	kind     string
	origin   origin
	labels   []int    // bounds of a record's label bytes; the last is the class
	classes  []string // by that label
	training cifarFiles
	test     cifarFiles
}

// cifarFiles are the files of a split, in order.
type cifarFiles struct {
	names   []string
	records int // in each file
}

// open reads a split into memory from a directory or an archive.
func (c cifar) open(path string, split Split, _ Options) (Dataset, error) {
	if path == "" {
		return nil, specErrorf("data: %s: no directory; write %s:DIR", c.kind, c.kind)
	}
	path = atHome(path)
	files := c.training
	if split == Test {
		files = c.test
	}
	m, err := c.read(path, files)
	if err != nil {
		return nil, fmt.Errorf("data: %s: %w", c.kind, err)
	}
	return m, nil
}

func (c cifar) read(path string, files cifarFiles) (*memory, error) {
	m := c.newMemory(files)
	return m, c.origin.read(path, c.files(m, files))
}

func (c cifar) newMemory(files cifarFiles) *memory {
	return newMemory(len(files.names)*files.records, cifarSide, cifarSide, c.classes)
}

// record is the length of a record in bytes.
func (c cifar) record() int { return len(c.labels) + 3*cifarPlane }

// files describes how the records fill m.
func (c cifar) files(m *memory, files cifarFiles) []recordFile {
	all := make([]recordFile, len(files.names))
	for i, name := range files.names {
		all[i] = recordFile{name, files.records, c.record(), func(k int, record []byte) error {
			return c.take(m, i*files.records+k, record)
		}}
	}
	return all
}

// take sets image i of m.
func (c cifar) take(m *memory, i int, record []byte) error {
	for j, below := range c.labels {
		if int(record[j]) >= below {
			return fmt.Errorf("label %d, need 0 to %d", record[j], below-1)
		}
	}
	m.labels[i] = int8(record[len(c.labels)-1])
	interleave(m.image(i).Pix, record[len(c.labels):])
	return nil
}

// interleave sets pix, (h, w, 3), from planes, (3, h, w).
func interleave(pix, planes []byte) {
	n := len(pix) / 3
	red, green, blue := planes[:n], planes[n:2*n], planes[2*n:3*n]
	for i := range n {
		pix[3*i], pix[3*i+1], pix[3*i+2] = red[i], green[i], blue[i]
	}
}
