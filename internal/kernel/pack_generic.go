package kernel

// depth is how many consecutive rows of a panel are stored side by side.
func depth[E Elem]() int {
	var e E
	if _, ok := any(e).(BF16); ok {
		return 2
	}
	return 1
}

// setRow sets row p of panel q of a packed matrix of kRound rows to src.
func setRow[E Elem](l layout, dst, src []E, kRound, q, p int) {
	d := depth[E]()
	step, half := strides[E](l, kRound)
	row := dst[q*kRound*PanelCols+p/d*step+p%d:]
	if d == 1 && l == byRows {
		copy(row, src)
		return
	}
	const cols = PanelCols / 2
	for j, x := range src {
		row[j/cols*half+j%cols*d] = x
	}
}

func packRowsGeneric[E Elem](dst, src []E, off []int32, cols, kRound int) {
	clear(dst[:Panels(cols)*kRound*PanelCols])
	for p, o := range off {
		for q := range Panels(cols) {
			j := q * PanelCols
			setRow(byRows, dst, src[int(o)+j:][:min(PanelCols, cols-j)], kRound, q, p)
		}
	}
}

func packTransposedGeneric[E Elem](dst, src []E, ld, n, k, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	for j := range n {
		setColumn(byRows, dst, src[j*ld:][:k], kRound, j, 0)
	}
}

// setColumn sets the elements of column j from row p0 on, a multiple of depth.
func setColumn[E Elem](l layout, dst, src []E, kRound, j, p0 int) {
	d := depth[E]()
	step, _ := strides[E](l, kRound)
	column := dst[columnAt[E](l, kRound, j)+p0/d*step:]
	for p, x := range src {
		column[p/d*step+p%d] = x
	}
}

// columnAt is where column j of a packed matrix of kRound rows begins.
func columnAt[E Elem](l layout, kRound, j int) int {
	const cols = PanelCols / 2
	_, half := strides[E](l, kRound)
	return j/PanelCols*kRound*PanelCols + j%PanelCols/cols*half + j%cols*depth[E]()
}

func packF32Generic[E Elem](dst []E, src []float32, ld, k, n, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	var rounded [PanelCols]E
	for p := range k {
		for q := range Panels(n) {
			j := q * PanelCols
			piece := rounded[:min(PanelCols, n-j)]
			narrowGeneric(piece, src[p*ld+j:][:len(piece)])
			setRow(byRows, dst, piece, kRound, q, p)
		}
	}
}

func packF32TransposedGeneric[E Elem](dst []E, src []float32, ld, n, k, kRound int) {
	clear(dst[:Panels(n)*kRound*PanelCols])
	var rounded [kChunk]E
	for j := range n {
		for p := 0; p < k; p += kChunk {
			piece := rounded[:min(kChunk, k-p)]
			narrowGeneric(piece, src[j*ld+p:][:len(piece)])
			setColumn(byRows, dst, piece, kRound, j, p)
		}
	}
}
