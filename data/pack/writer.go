package pack

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/amdim/amdim/internal/durable"
	"github.com/amdim/amdim/internal/npy"
)

// headerBytes is the length of every header that is written. The images' header is
// written last; until then there are zeros, which no reader takes for a header.
const headerBytes = 128

// writer packs one split.
type writer struct {
	p             *packer
	k             int // of the split
	images, index *os.File
	pixels        *bufio.Writer // to images
	rows          []byte        // for index, not yet written
	done          int           // images taken
	unreadable    []Unreadable
	bytes, safe   int64 // of pixels: taken, and safely on disk
}

// open opens the files of a split and cuts off what the journal does not record.
func (p *packer) open(k int) (*writer, error) {
	part := p.Splits[k]
	w := &writer{p: p, k: k, done: p.Done[k], unreadable: part.Unreadable, bytes: part.Bytes, safe: part.Bytes}
	for _, f := range []struct {
		what string
		to   **os.File
		size int64
	}{
		{"images", &w.images, headerBytes + part.Bytes},
		{"index", &w.index, headerBytes + int64(p.Done[k])*24},
	} {
		file, err := os.OpenFile(arrayPath(p.dir, part.Name, f.what), os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		*f.to = file
		info, err := file.Stat()
		if err == nil && p.Done[k] > 0 && info.Size() < f.size {
			err = fmt.Errorf("%s: %d bytes, %s says %d: damaged; remove the folder",
				file.Name(), info.Size(), journalName, f.size)
		}
		if err == nil {
			err = file.Truncate(f.size)
		}
		if err == nil {
			_, err = file.Seek(f.size, io.SeekStart)
		}
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
	}
	w.pixels = bufio.NewWriterSize(w.images, 1<<20)
	return w, nil
}

// add takes image i, the next one.
func (w *writer) add(i int, d decoded) error {
	source := w.p.Sources[w.k]
	at := place{at: w.bytes}
	if d.err != nil {
		text, one := d.err.Error(), true
		if source.Reason != nil {
			text, one = source.Reason(d.err)
		}
		if !one {
			return d.err
		}
		w.unreadable = append(w.unreadable, Unreadable{i, source.name(i), text})
		if len(w.unreadable) > source.Unreadable {
			return fmt.Errorf("%w in split %s: %d of the first %d, at most %d are allowed; the last, %s: %s",
				ErrUnreadable, source.Split, len(w.unreadable), i+1, source.Unreadable, source.name(i), text)
		}
	} else {
		at.h, at.w = int64(d.img.H), int64(d.img.W)
		if _, err := w.pixels.Write(d.img.Pix); err != nil {
			return err
		}
		w.bytes += int64(len(d.img.Pix))
	}
	for _, v := range []int64{at.at, at.h, at.w} {
		w.rows = binary.LittleEndian.AppendUint64(w.rows, uint64(v))
	}
	w.done++
	w.p.progress("packed", w.done, source.Images.Len())
	if w.bytes-w.safe >= w.p.every {
		return w.commit()
	}
	return nil
}

// commit syncs what was taken to disk and then records it in the journal.
func (w *writer) commit() error {
	if err := w.pixels.Flush(); err != nil {
		return err
	}
	if _, err := w.index.Write(w.rows); err != nil {
		return err
	}
	w.rows = w.rows[:0]
	if err := errors.Join(w.images.Sync(), w.index.Sync()); err != nil {
		return err
	}
	w.safe = w.bytes
	w.p.Done[w.k] = w.done
	part := &w.p.Splits[w.k]
	part.Bytes, part.Unreadable = w.bytes, w.unreadable
	return w.p.save()
}

// finish writes the headers, labels and names of a split once all its images are there.
func (w *writer) finish() error {
	n := w.p.Splits[w.k].Images
	if len(w.unreadable) == n {
		return fmt.Errorf("none of the %d images of split %s can be read; the first, %s: %s",
			n, w.p.Splits[w.k].Name, w.unreadable[0].Name, w.unreadable[0].Error)
	}
	shape, err := w.shape()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		file *os.File
		npy.Header
	}{
		{w.index, npy.Header{Type: npy.Int64, Shape: []int{n, 3}}},
		{w.images, npy.Header{Type: npy.Uint8, Shape: shape}},
	} {
		head := f.Bytes()
		if len(head) != headerBytes {
			panic(fmt.Sprintf("pack: a header of %d bytes, need %d", len(head), headerBytes))
		}
		if _, err := f.file.WriteAt(head, 0); err != nil {
			return err
		}
		if err := f.file.Sync(); err != nil {
			return err
		}
	}
	return w.table(n)
}

// shape is (n, h, w, 3) where all images have one size, or else (bytes,).
func (w *writer) shape() ([]int, error) {
	n := w.p.Splits[w.k].Images
	in := bufio.NewReader(io.NewSectionReader(w.index, headerBytes, int64(n)*24))
	var row, first [16]byte
	for i := range n {
		if _, err := in.Discard(8); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(in, row[:]); err != nil {
			return nil, err
		}
		if i == 0 {
			first = row
		}
		if row != first {
			return []int{int(w.bytes)}, nil
		}
	}
	h, width := binary.LittleEndian.Uint64(row[:]), binary.LittleEndian.Uint64(row[8:])
	return []int{n, int(h), int(width), 3}, nil
}

// table writes labels and names.
func (w *writer) table(n int) error {
	source := w.p.Sources[w.k]
	labels := npy.Header{Type: npy.Int64, Shape: []int{n}}
	err := durable.Write(arrayPath(w.p.dir, source.Split, "labels"), func(out io.Writer) error {
		_, err := out.Write(labels.Bytes())
		for i := 0; i < n && err == nil; i++ {
			_, err = out.Write(binary.LittleEndian.AppendUint64(nil, uint64(int64(source.Images.Label(i)))))
		}
		return err
	})
	if err != nil {
		return err
	}
	longest := 1
	for i := range n {
		longest = max(longest, len(source.name(i)))
	}
	if longest > maxName {
		return fmt.Errorf("split %s: a name of %d bytes", source.Split, longest)
	}
	names := npy.Header{Type: npy.Text(longest), Shape: []int{n}}
	return durable.Write(arrayPath(w.p.dir, source.Split, "names"), func(out io.Writer) error {
		_, err := out.Write(names.Bytes())
		row := make([]byte, longest)
		for i := 0; i < n && err == nil; i++ {
			clear(row[copy(row, source.name(i)):])
			_, err = out.Write(row)
		}
		return err
	})
}

func (w *writer) close() error {
	var errs []error
	for _, f := range []*os.File{w.images, w.index} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}
