package kernel

// kChunk rows of a panel are widened to float32 at a time: 8 KiB on the stack.
const kChunk = 64

// quadCols is how many columns are summed at once in registers.
const quadCols = 4

// quads holds kChunk rows of a panel in float32, four columns side by side.
type quads [PanelCols / quadCols][kChunk][quadCols]float32

func gemmGeneric[E Elem](c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool) {
	if !acc {
		for i := range m {
			clear(c[i*ldc:][:PanelCols])
		}
	}
	var wide quads
	var row [kChunk]float32
	for k0 := 0; k0 < k; k0 += kChunk {
		kn := min(kChunk, k-k0)
		wide.set(kn, func(p int, row *[PanelCols]float32) { panelRow(row, b, k0+p) })
		for i := range m {
			widenGeneric(row[:kn], a[i*lda+k0:][:kn])
			oneRow(c[i*ldc:], row[:kn], &wide)
		}
	}
}

func gemmTNGeneric[E Elem](c []float32, ldc int, at, b []E, k, panels int, acc bool) {
	if !acc {
		for i := range PanelCols {
			clear(c[i*ldc:][:panels*PanelCols])
		}
	}
	var wide quads
	var rows [PanelCols][kChunk]float32
	for k0 := 0; k0 < k; k0 += kChunk {
		kn := min(kChunk, k-k0)
		var row [PanelCols]float32
		for p := range kn {
			panelRow(&row, at, k0+p)
			for i, x := range &row {
				rows[i][p] = x
			}
		}
		for q := range panels {
			wide.set(kn, func(p int, row *[PanelCols]float32) { panelRow(row, b[q*k*PanelCols:], k0+p) })
			for i := range PanelCols {
				oneRow(c[i*ldc+q*PanelCols:], rows[i][:kn], &wide)
			}
		}
	}
}

// set takes kn rows from get.
func (w *quads) set(kn int, get func(p int, row *[PanelCols]float32)) {
	var row [PanelCols]float32
	for p := range kn {
		get(p, &row)
		for j, x := range &row {
			w[j/quadCols][p][j%quadCols] = x
		}
	}
}

// oneRow adds the product of the row a with b to c, four sums in registers at a
// time: with more, the compiler keeps some in memory and takes longer.
func oneRow(c, a []float32, b *quads) {
	for j := range b {
		d := (*[quadCols]float32)(c[j*quadCols:])
		s0, s1, s2, s3 := d[0], d[1], d[2], d[3]
		quad := b[j][:len(a)]
		for p, x := range a {
			y := &quad[p]
			s0 += x * y[0]
			s1 += x * y[1]
			s2 += x * y[2]
			s3 += x * y[3]
		}
		d[0], d[1], d[2], d[3] = s0, s1, s2, s3
	}
}

// panelRow sets dst to row p of a packed panel, in float32.
func panelRow[E Elem](dst *[PanelCols]float32, b []E, p int) {
	switch b := any(b).(type) {
	case []float32:
		copy(dst[:], b[p*PanelCols:])
	case []BF16:
		pair := b[p/2*2*PanelCols+p%2:][:2*PanelCols-1]
		for j := range dst {
			dst[j] = pair[2*j].Float32()
		}
	}
}
