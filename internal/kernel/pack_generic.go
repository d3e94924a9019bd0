package kernel

// depth is how many consecutive rows of a panel lie beside each other.
func depth[E Elem]() int {
	var e E
	if _, ok := any(e).(BF16); ok {
		return 2
	}
	return 1
}

// packIndex is where row p, column j of a packed matrix of kRound rows lies.
func packIndex(depth, kRound, p, j int) int {
	panel := j / PanelCols * kRound * PanelCols
	return panel + p/depth*depth*PanelCols + j%PanelCols*depth + p%depth
}

func packRowsGeneric[E Elem](dst, src []E, off []int32, cols, kRound int) {
	clear(dst[:Panels(cols)*kRound*PanelCols])
	d := depth[E]()
	for p, o := range off {
		if o < 0 {
			continue
		}
		for j, x := range src[o:][:cols] {
			dst[packIndex(d, kRound, p, j)] = x
		}
	}
}

func packTransposedGeneric[E Elem](dst, src []E, ld, n, k, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	d := depth[E]()
	for j := range n {
		for p, x := range src[j*ld:][:k] {
			dst[packIndex(d, kRound, p, j)] = x
		}
	}
}

func packF32Generic[E Elem](dst []E, src []float32, ld, k, n, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	d := depth[E]()
	var row [kChunk]E
	for p := range k {
		for j0 := 0; j0 < n; j0 += kChunk {
			w := row[:min(kChunk, n-j0)]
			narrowGeneric(w, src[p*ld+j0:][:len(w)])
			for j, x := range w {
				dst[packIndex(d, kRound, p, j0+j)] = x
			}
		}
	}
}

func packF32TransposedGeneric[E Elem](dst []E, src []float32, ld, n, k, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	d := depth[E]()
	var row [kChunk]E
	for j := range n {
		for p0 := 0; p0 < k; p0 += kChunk {
			w := row[:min(kChunk, k-p0)]
			narrowGeneric(w, src[j*ld+p0:][:len(w)])
			for p, x := range w {
				dst[packIndex(d, kRound, p0+p, j)] = x
			}
		}
	}
}
