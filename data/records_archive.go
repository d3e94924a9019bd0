package data

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/amdim/amdim/internal/regular"
)

// readArchive takes the records of all files from a tar.gz.
func (o origin) readArchive(file string, files []recordFile) error {
	f, err := regular.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := o.unpack(f, files); err != nil {
		return fmt.Errorf("%s: %w; is it %s?", file, err, o.url)
	}
	return nil
}

// unpack reads the files in whatever order a tar.gz holds them, and on to its
// end, because the checksum is there.
func (o origin) unpack(r io.Reader, files []recordFile) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	limited := &io.LimitedReader{R: unzipped, N: o.unpacked}
	if err = o.readEntries(tar.NewReader(limited), files); err == nil {
		_, err = io.Copy(io.Discard, limited)
	}
	if limited.N <= 0 {
		return fmt.Errorf("unpacks to more than %d MiB", o.unpacked>>20)
	}
	return err
}

func (o origin) readEntries(entries *tar.Reader, files []recordFile) error {
	seen := make([]bool, len(files))
	for {
		h, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		base := path.Base(h.Name)
		i := slices.IndexFunc(files, func(f recordFile) bool { return f.name == base })
		if i < 0 {
			continue
		}
		if seen[i] {
			return fmt.Errorf("%s is in it twice", base)
		}
		seen[i] = true
		if err := o.readRecords(entries, h.Name, h.Size, files[i]); err != nil {
			return err
		}
	}
	if i := slices.Index(seen, false); i >= 0 {
		return fmt.Errorf("no %s in it", files[i].name)
	}
	return nil
}
