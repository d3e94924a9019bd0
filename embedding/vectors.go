package embedding

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/amdim/amdim/internal/npy"
)

// floatChunk is how many numbers are converted at a time.
const floatChunk = 1 << 14

// writeNPY writes x as an array (len(x)/dim, dim).
func writeNPY(w io.Writer, x []float32, dim int) error {
	h := npy.Header{Type: npy.Float32, Shape: []int{len(x) / dim, dim}}
	if _, err := w.Write(h.Bytes()); err != nil {
		return err
	}
	buf := make([]byte, 0, 4*floatChunk)
	for len(x) > 0 {
		n := min(floatChunk, len(x))
		buf = buf[:0]
		for _, v := range x[:n] {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(v))
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
		x = x[n:]
	}
	return nil
}

// readNPY reads an array (n, dim) from a file of the given size. It allocates no
// more than the file holds.
func readNPY(r io.Reader, size int64) (x []float32, dim int, err error) {
	h, start, err := npy.Read(r)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case h.Type != npy.Float32:
		return nil, 0, fmt.Errorf("numbers are %q: need '<f4' (numpy.float32)", h.Type)
	case len(h.Shape) != 2 || h.Shape[0] < 1 || h.Shape[1] < 1:
		return nil, 0, fmt.Errorf("the shape is %d: need (n, dim), two sizes above 0", h.Shape)
	}
	if err := h.Check(size - start); err != nil {
		return nil, 0, err
	}
	x = make([]float32, h.Shape[0]*h.Shape[1])
	buf := make([]byte, 4*floatChunk)
	for at := 0; at < len(x); {
		n := min(floatChunk, len(x)-at)
		if _, err := io.ReadFull(r, buf[:4*n]); err != nil {
			return nil, 0, err
		}
		for i := range n {
			x[at+i] = math.Float32frombits(binary.LittleEndian.Uint32(buf[4*i:]))
		}
		at += n
	}
	return x, h.Shape[1], nil
}
