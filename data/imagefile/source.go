package imagefile

import (
	"bytes"
	"context"
)

// source is a file in memory that fails once its context is done: decoders, which know no
// contexts, end at their next read. It has ReadAt for the TIFF decoder, which would else copy
// the file, and no ReadByte, which would look at the context for each byte.
type source struct {
	ctx  context.Context
	file *bytes.Reader
}

func newSource(ctx context.Context, b []byte) source { return source{ctx, bytes.NewReader(b)} }

// Read implements io.Reader.
func (s source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.file.Read(p)
}

// ReadAt implements io.ReaderAt.
func (s source) ReadAt(p []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.file.ReadAt(p, off)
}
