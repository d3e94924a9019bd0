package data

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/amdim/amdim/internal/regular"
)

// origin says where a collection in a binary layout comes from, and hence how
// its files are found.
type origin struct {
	url      string   // of the archive
	get      string   // the command that fetches it; empty: none
	md5      string   // of the archive: see Archive
	sha256   string   // likewise
	folder   string   // that the archive unpacks to
	python   []string // what the Python version has instead
	unpacked int64    // bound on the unpacked size: a small file could unpack for hours
}

// orGet names the other way to get the files, as the end of a sentence.
func (o origin) orGet() string {
	if o.get == "" {
		return ""
	}
	return ", or: " + o.get
}

func (o origin) archive() string { return path.Base(o.url) }

// recordFile is a file of fixed-length records.
type recordFile struct {
	name    string
	records int
	length  int // of a record in bytes; 0: the file is one record of any length

	// take stores record k. Its error says what is wrong with the record.
	take func(k int, record []byte) error
}

// maxWhole bounds a file that is a single record: none has more than a few MB.
const maxWhole = 16 << 20

// read takes every record of the files, from a directory or an archive.
func (o origin) read(path string, files []recordFile) error {
	found, archive, err := o.find(path, files[0].name)
	if err != nil {
		return err
	}
	if archive {
		return o.readArchive(found, files)
	}
	return o.readFolder(found, files)
}

// find returns the folder that holds the first file, or the archive.
func (o origin) find(path, first string) (found string, archive bool, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", false, fmt.Errorf("%w; put the files of %s there%s", err, o.url, o.orGet())
	}
	if !info.IsDir() {
		return path, true, nil
	}
	for _, dir := range []string{path, filepath.Join(path, o.folder)} {
		if exists(filepath.Join(dir, first)) {
			return dir, false, nil
		}
	}
	if file := filepath.Join(path, o.archive()); exists(file) {
		return file, true, nil
	}
	for _, name := range o.python {
		if exists(filepath.Join(path, name)) {
			return "", false, fmt.Errorf("%s: the Python version; get the binary version, %s", path, o.url)
		}
	}
	return "", false, fmt.Errorf("%s: no %s, %s or %s in it; get %s%s",
		path, first, o.folder, o.archive(), o.url, o.orGet())
}

// exists is also true of what may not be accessed: opening it then tells why. Below a file
// there is nothing.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
}

func (o origin) readFolder(dir string, files []recordFile) error {
	for _, file := range files {
		if err := o.readFile(filepath.Join(dir, file.name), file); err != nil {
			return err
		}
	}
	return nil
}

func (o origin) readFile(path string, file recordFile) error {
	f, err := o.open(path, file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return o.readRecords(f, path, info.Size(), file)
}

// open opens a file and checks its size.
func (o origin) open(path string, file recordFile) (*os.File, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; get %s", err, o.url)
	}
	info, err := f.Stat()
	if err == nil {
		err = o.checkSize(path, info.Size(), file)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (o origin) checkSize(name string, size int64, file recordFile) error {
	want := int64(file.records) * int64(file.length)
	switch {
	case file.length == 0 && (size < 0 || size > maxWhole):
		return fmt.Errorf("%s: %d bytes, need at most %d: not the official file; get %s",
			name, size, maxWhole, o.url)
	case file.length > 0 && size != want:
		return fmt.Errorf("%s: %d bytes, need %d (%d records of %d): damaged or not the binary version; get %s",
			name, size, want, file.records, file.length, o.url)
	}
	return nil
}

// readRecords takes the records of one file from r. name is for errors; size is
// the length stated by the container.
func (o origin) readRecords(r io.Reader, name string, size int64, file recordFile) error {
	if err := o.checkSize(name, size, file); err != nil {
		return err
	}
	records, length := file.records, file.length
	if length == 0 {
		records, length = 1, int(size)
	}
	in := bufio.NewReaderSize(r, 1<<18)
	record := make([]byte, length)
	for k := range records {
		where := name
		if file.length > 0 {
			where = fmt.Sprintf("%s: record %d", name, k)
		}
		if _, err := io.ReadFull(in, record); err != nil {
			return fmt.Errorf("%s: %w; get %s again", where, err, o.url)
		}
		if err := file.take(k, record); err != nil {
			return fmt.Errorf("%s: %w: damaged or another data set; get %s", where, err, o.url)
		}
	}
	return nil
}
