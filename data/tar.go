package data

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/amdim/amdim/data/imagefile"
	"github.com/amdim/amdim/internal/regular"
)

// member is a file in a tar archive.
type member struct {
	name string // the last part of its path
	at   int64  // where it begins, from the start of the outermost archive
	size int64
}

// tarBlock is the block size to which headers, files and the two blocks of zeros
// at the end of a tar are padded.
const tarBlock = 512

// members lists the files of a tar that occupies size bytes of r from at, in its order.
// It reads only the files' headers and last bytes, which show that they are whole: of a
// large tar on a network disk that takes minutes, so it looks at ctx before each.
func members(ctx context.Context, r io.ReaderAt, at, size int64) ([]member, error) {
	section := io.NewSectionReader(r, at, size)
	entries := tar.NewReader(section)
	var all []member
	seen := map[string]bool{}
	end := int64(0) // of the last file, with its padding
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := entries.Next()
		here, _ := section.Seek(0, io.SeekCurrent) // tar reads no further than it must
		switch {
		case err == io.EOF && here >= end+2*tarBlock:
			return all, nil
		case err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("the archive is cut off at byte %d", at+here)
		case err != nil:
			return nil, fmt.Errorf("damaged at byte %d: %w", at+here, err)
		}
		end = here
		if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
			continue
		}
		name := path.Base(h.Name)
		if h.Typeflag != tar.TypeReg || sparse(h) {
			return nil, fmt.Errorf("%s is not a plain file", h.Name)
		}
		if seen[name] {
			return nil, fmt.Errorf("%s is in it twice", name)
		}
		seen[name] = true
		all = append(all, member{name, at + here, h.Size})
		end += (h.Size + tarBlock - 1) / tarBlock * tarBlock
	}
}

// sparse files are not stored as they are.
func sparse(h *tar.Header) bool {
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}

// archive is an open tar file.
type archive struct {
	file    *os.File
	members []member
	wrote   int64 // when it was last written, in nanoseconds
}

// openArchive lists what is in a tar file, which stays open.
func openArchive(ctx context.Context, path string) (*archive, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, err
	}
	a := &archive{file: f}
	info, err := f.Stat()
	if err == nil {
		a.wrote = info.ModTime().UnixNano()
		a.members, err = members(ctx, f, 0, info.Size())
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// content reads a file in the archive.
func (a *archive) content(f file) ([]byte, error) {
	return imagefile.BytesAt(a.file, f.at, f.size, imagefile.Limits{})
}

// images returns those members that are images, sorted by name. Each may be another when the
// archive was written anew.
func (a *archive) images(of []member) []file {
	var files []file
	for _, m := range of {
		if !hidden(m.name) && imagefile.Known(m.name) {
			files = append(files, file{name: m.name, size: m.size, at: m.at, wrote: a.wrote})
		}
	}
	sortFiles(files)
	return files
}
