package data

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
)

// cifarUnpacked bounds what an archive may unpack to: the official one has
// 184 MB, and a small file could unpack for hours.
const cifarUnpacked = 256 << 20

var errUnpacked = errors.New("unpacks to more than 256 MiB")

// readArchive sets all images from a tar.gz.
func (c cifarFiles) readArchive(m *memory, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.unpack(m, f); err != nil {
		return fmt.Errorf("%s: %w; is it %s?", file, err, cifarOrigin)
	}
	return nil
}

// unpack reads the files in whatever order a tar.gz holds them, and on to its
// end, because the checksum stands there.
func (c cifarFiles) unpack(m *memory, r io.Reader) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: unzipped, N: cifarUnpacked}
	if err = c.readEntries(m, tar.NewReader(limited)); err == nil {
		_, err = io.Copy(io.Discard, limited)
	}
	if limited.N <= 0 {
		return errUnpacked
	}
	return err
}

func (c cifarFiles) readEntries(m *memory, entries *tar.Reader) error {
	seen := make([]bool, len(c.names))
	for {
		h, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		i := slices.Index(c.names, path.Base(h.Name))
		if i < 0 {
			continue
		}
		if seen[i] {
			return fmt.Errorf("%s is in it twice", c.names[i])
		}
		seen[i] = true
		if err := c.readBatch(m, i, entries, h.Name, h.Size); err != nil {
			return err
		}
	}
	if i := slices.Index(seen, false); i >= 0 {
		return fmt.Errorf("no %s in it", c.names[i])
	}
	return nil
}
