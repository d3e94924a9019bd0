package floats

import (
	"encoding/binary"
	"io"
	"math"
)

// chunk is how many numbers are converted at a time.
const chunk = 1 << 14

// Write writes v.
func Write(w io.Writer, v []float32) error {
	buf := make([]byte, 4*min(chunk, len(v)))
	for len(v) > 0 {
		n := min(chunk, len(v))
		for i, x := range v[:n] {
			binary.LittleEndian.PutUint32(buf[4*i:], math.Float32bits(x))
		}
		if _, err := w.Write(buf[:4*n]); err != nil {
			return err
		}
		v = v[n:]
	}
	return nil
}

// Read fills v. If r ends before that, the error is io.EOF or io.ErrUnexpectedEOF.
func Read(r io.Reader, v []float32) error {
	buf := make([]byte, 4*min(chunk, len(v)))
	for len(v) > 0 {
		n := min(chunk, len(v))
		if _, err := io.ReadFull(r, buf[:4*n]); err != nil {
			return err
		}
		for i := range v[:n] {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
		}
		v = v[n:]
	}
	return nil
}
