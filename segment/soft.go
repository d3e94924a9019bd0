package segment

import "github.com/amdim/amdim/internal/parallel"

// Soft is k values for each pixel of an image, a row at a time: for a photograph of
// 12 megapixels and 8 values, all at once would be 384 MB.
type Soft interface {
	Size() (w, h, k int)

	// Row sets dst, (W, K), to row y. It may be called for several rows at once.
	Row(dst []float32, y int)
}

// Argmax labels each pixel with its largest value, of several the first. confidence
// is that value, (H, W). threads 0 is all.
func Argmax(s Soft, threads int) (m Map, confidence []float32) {
	w, h, k := s.Size()
	m, confidence = NewMap(w, h), make([]float32, w*h)
	pool := parallel.New(threads)
	defer pool.Close()
	scratch := make([][]float32, pool.Threads())
	pool.For(h, func(worker, y int) {
		if scratch[worker] == nil {
			scratch[worker] = make([]float32, w*k)
		}
		row := scratch[worker]
		s.Row(row, y)
		for x := range w {
			v := row[x*k : (x+1)*k]
			best := 0
			for j := range v {
				if v[j] > v[best] {
					best = j
				}
			}
			m.Label[y*w+x], confidence[y*w+x] = int32(best), v[best]
		}
	})
	return m, confidence
}
