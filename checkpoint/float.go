package checkpoint

import (
	"encoding/binary"
	"io"
	"math"
)

// chunk is how many numbers are converted at a time.
const chunk = 1 << 14

func putLength(b []byte, n int) { binary.LittleEndian.PutUint64(b, uint64(n)) }

// writeFloats writes v as little-endian float32. buf holds 4·chunk bytes.
func writeFloats(w io.Writer, v []float32, buf []byte) error {
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

// readFloats fills v. buf holds 4·chunk bytes.
func readFloats(r io.Reader, v []float32, buf []byte) error {
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
