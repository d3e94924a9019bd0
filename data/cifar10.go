package data

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Layout of the binary version of CIFAR-10 (Krizhevsky 2009, "Learning Multiple
// Layers of Features from Tiny Images"; https://www.cs.toronto.edu/~kriz/cifar.html):
// a record is one byte of label and the red, green and blue plane, each row-major.
const (
	cifarSide   = 32
	cifarPlane  = cifarSide * cifarSide
	cifarRecord = 1 + 3*cifarPlane

	cifarFolder  = "cifar-10-batches-bin"
	cifarArchive = "cifar-10-binary.tar.gz"
	cifarOrigin  = "https://www.cs.toronto.edu/~kriz/" + cifarArchive
)

var cifarClasses = []string{
	"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
}

// cifarFiles are the files of a split, in order.
type cifarFiles struct {
	names   []string
	records int // in each file
}

func cifarSplit(split Split) cifarFiles {
	if split == Test {
		return cifarFiles{[]string{"test_batch.bin"}, 10_000}
	}
	return cifarFiles{[]string{
		"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin",
	}, 10_000}
}

// openCIFAR10 reads a split into memory from a directory or an archive.
func openCIFAR10(path string, split Split, _ Options) (Dataset, error) {
	if path == "" {
		return nil, errors.New("data: cifar10: no directory; write cifar10:DIR")
	}
	m, err := cifarSplit(split).read(path)
	if err != nil {
		return nil, fmt.Errorf("data: cifar10: %w", err)
	}
	return m, nil
}

func (c cifarFiles) read(path string) (*memory, error) {
	found, archive, err := c.find(path)
	if err != nil {
		return nil, err
	}
	m := c.newMemory()
	if archive {
		return m, c.readArchive(m, found)
	}
	for i, name := range c.names {
		if err := c.readFile(m, i, filepath.Join(found, name)); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (c cifarFiles) newMemory() *memory {
	return newMemory(len(c.names)*c.records, cifarSide, cifarSide, cifarClasses)
}

// find returns the folder that holds the first file, or the archive.
func (c cifarFiles) find(path string) (found string, archive bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, fmt.Errorf("%w; put the files of %s there", err, cifarOrigin)
	}
	if !info.IsDir() {
		return path, true, nil
	}
	for _, dir := range []string{path, filepath.Join(path, cifarFolder)} {
		if exists(filepath.Join(dir, c.names[0])) {
			return dir, false, nil
		}
	}
	if file := filepath.Join(path, cifarArchive); exists(file) {
		return file, true, nil
	}
	if exists(filepath.Join(path, "data_batch_1")) || exists(filepath.Join(path, "cifar-10-batches-py")) {
		return "", false, fmt.Errorf("%s: the Python version; get the binary version, %s", path, cifarOrigin)
	}
	return "", false, fmt.Errorf("%s: no %s, %s or %s in it; get %s",
		path, c.names[0], cifarFolder, cifarArchive, cifarOrigin)
}

// exists is also true of what may not be looked at: opening it then tells why.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func (c cifarFiles) readFile(m *memory, nth int, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w; get %s", err, cifarOrigin)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return c.readBatch(m, nth, f, path, info.Size())
}

// readBatch sets the images of the nth file from r. name is for errors, size is
// the length that the container states.
func (c cifarFiles) readBatch(m *memory, nth int, r io.Reader, name string, size int64) error {
	if want := int64(c.records) * cifarRecord; size != want {
		return fmt.Errorf("%s: %d bytes, need %d (%d records of %d): damaged or not the binary version; get %s",
			name, size, want, c.records, cifarRecord, cifarOrigin)
	}
	in := bufio.NewReaderSize(r, 64*cifarRecord)
	var record [cifarRecord]byte
	for k := range c.records {
		if _, err := io.ReadFull(in, record[:]); err != nil {
			return fmt.Errorf("%s: record %d: %w; get %s again", name, k, err, cifarOrigin)
		}
		i := nth*c.records + k
		if int(record[0]) >= len(cifarClasses) {
			return fmt.Errorf("%s: record %d: label %d, need 0 to %d: damaged or not CIFAR-10; get %s",
				name, k, record[0], len(cifarClasses)-1, cifarOrigin)
		}
		m.labels[i] = record[0]
		interleave(m.image(i).Pix, record[1:])
	}
	return nil
}

// interleave sets pix, (32, 32, 3), from planes, (3, 32, 32).
func interleave(pix, planes []byte) {
	red, green, blue := planes[:cifarPlane], planes[cifarPlane:2*cifarPlane], planes[2*cifarPlane:]
	for i := range cifarPlane {
		pix[3*i], pix[3*i+1], pix[3*i+2] = red[i], green[i], blue[i]
	}
}
