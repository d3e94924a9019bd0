package embedding

import (
	"fmt"
	"io"

	"github.com/amdim/amdim/internal/floats"
	"github.com/amdim/amdim/internal/npy"
)

// writeNPY writes x as an array (len(x)/dim, dim).
func writeNPY(w io.Writer, x []float32, dim int) error {
	h := npy.Header{Type: npy.Float32, Shape: []int{len(x) / dim, dim}}
	if _, err := w.Write(h.Bytes()); err != nil {
		return err
	}
	return floats.Write(w, x)
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
	if err := floats.Read(r, x); err != nil {
		return nil, 0, err
	}
	return x, h.Shape[1], nil
}
