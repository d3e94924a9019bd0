package kernel

// PackRows packs rows of src, cols wide, as the rows of panels: row i starts at
// src[off[i]]. Columns from cols to a whole panel and rows from len(off) to
// RoundK(len(off)) are zero.
func (p *Products[E]) PackRows(dst, src []E, off []int32, cols int) {
	need("PackRows", "len(dst)", len(dst), p.PackedLen(len(off), cols))
	needRows("PackRows", "len(src)", len(src), off, cols)
	p.packRows(dst, src, off, cols, p.RoundK(len(off)))
}

// PackLeft packs rows of src as PackRows does, 1 ≤ cols ≤ 32 columns, the way
// GemmTN wants its left operand: each set has its own. dst has PanelLen(len(off))
// elements.
func (p *Products[E]) PackLeft(dst, src []E, off []int32, cols int) {
	need("PackLeft", "len(dst)", len(dst), p.PanelLen(len(off)))
	need("PackLeft", "PanelCols", PanelCols, cols)
	needRows("PackLeft", "len(src)", len(src), off, cols)
	p.packLeft(dst, src, off, cols, p.RoundK(len(off)))
}

// PackTransposed packs the transpose of src, n rows of k columns, row i at
// src[i·ld]: column j of the packed matrix is row j of src.
func (p *Products[E]) PackTransposed(dst, src []E, ld, n, k int) {
	need("PackTransposed", "ld", ld, 0)
	need("PackTransposed", "len(dst)", len(dst), p.PackedLen(k, n))
	need("PackTransposed", "len(src)", len(src), (n-1)*ld+k)
	p.packTransposed(dst, src, ld, n, k, p.RoundK(k))
}

// PackF32 packs float32 src, k rows of n columns, row i at src[i·ld], rounding
// to E.
func (p *Products[E]) PackF32(dst []E, src []float32, ld, k, n int) {
	need("PackF32", "ld", ld, 0)
	need("PackF32", "len(dst)", len(dst), p.PackedLen(k, n))
	need("PackF32", "len(src)", len(src), (k-1)*ld+n)
	p.packF32(dst, src, ld, k, n, p.RoundK(k))
}

// PackF32Transposed packs the transpose of float32 src, n rows of k columns,
// row i at src[i·ld], rounding to E.
func (p *Products[E]) PackF32Transposed(dst []E, src []float32, ld, n, k int) {
	need("PackF32Transposed", "ld", ld, 0)
	need("PackF32Transposed", "len(dst)", len(dst), p.PackedLen(k, n))
	need("PackF32Transposed", "len(src)", len(src), (n-1)*ld+k)
	p.packF32Transpose(dst, src, ld, n, k, p.RoundK(k))
}
