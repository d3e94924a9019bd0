package segment

import (
	"context"

	"github.com/amdim/amdim/internal/parallel"
)

// Soft is k values for each pixel of an image, given one row at a time: all at once would take 384
// MB for a photograph of 12 megapixels and 8 values.
type Soft interface {
	Size() (h, w, k int)

	// Row sets dst, (W, K), to row y. It may be called for several rows concurrently.
	Row(dst []float32, y int)
}

// Argmax labels each pixel with its largest value, the first if there are several. confidence is
// that value, (H, W). threads 0 means all. When ctx is done, Argmax ends between two rows, with
// the error of ctx.
func Argmax(ctx context.Context, s Soft, threads int) (m Map, confidence []float32, err error) {
	h, w, k := s.Size()
	m, confidence = NewMap(h, w), make([]float32, w*h)
	err = eachPixel(ctx, s, threads, func(i int, v []float32) {
		best := 0
		for j := range k {
			if v[j] > v[best] {
				best = j
			}
		}
		m.Label[i], confidence[i] = int32(best), v[best]
	})
	return m, confidence, err
}

// Confidence returns the value of each pixel's label in m, (H, W); m has the size and the labels
// of s. threads 0 means all. When ctx is done, it ends between two rows, with the error of ctx.
func Confidence(ctx context.Context, s Soft, m Map, threads int) ([]float32, error) {
	confidence := make([]float32, len(m.Label))
	err := eachPixel(ctx, s, threads, func(i int, v []float32) { confidence[i] = v[m.Label[i]] })
	return confidence, err
}

// eachPixel calls visit with the k values of every pixel, on several threads, until ctx is done.
func eachPixel(ctx context.Context, s Soft, threads int, visit func(i int, v []float32)) error {
	h, w, k := s.Size()
	pool := parallel.New(threads)
	defer pool.Close()
	scratch := make([][]float32, pool.Threads())
	pool.For(h, func(worker, y int) {
		if ctx.Err() != nil {
			return
		}
		if scratch[worker] == nil {
			scratch[worker] = make([]float32, w*k)
		}
		row := scratch[worker]
		s.Row(row, y)
		for x := range w {
			visit(y*w+x, row[x*k:(x+1)*k])
		}
	})
	return ctx.Err()
}
