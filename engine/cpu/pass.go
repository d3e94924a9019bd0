package cpu

import "github.com/amdim/amdim/internal/kernel"

// passOn passes the gradient of y to the input at the end of an edge, which may
// have fewer channels.
func passOn[E kernel.Elem](e *exec[E], y *buffer[E], to *edge) {
	if to.took {
		return
	}
	x := &e.bufs[to.buf]
	if len(x.x) == len(y.x) {
		e.chunks(len(x.x), func(lo, hi int) { setOrAdd(e, x.dx[lo:hi], y.dx[lo:hi], to.add) })
		return
	}
	e.chunksOfRows(len(x.x)/to.cols, func(lo, hi int) {
		for r := lo; r < hi; r++ {
			setOrAdd(e, x.dx[r*to.cols:(r+1)*to.cols], y.dx[r*y.cols:][:to.cols], to.add)
		}
	})
}

func setOrAdd[E kernel.Elem](e *exec[E], dst, src []E, add bool) {
	if add {
		e.k.Add(dst, dst, src)
	} else {
		copy(dst, src)
	}
}
