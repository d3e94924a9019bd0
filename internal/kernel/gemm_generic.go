package kernel

// kChunk rows of a panel are widened to float32 at a time: 8 KiB on the stack.
const kChunk = 64

func gemmGeneric[E Elem](c []float32, ldc int, a []E, lda int, b []E, m, k int, acc bool) {
	if !acc {
		for i := range m {
			clear(c[i*ldc:][:PanelCols])
		}
	}
	var wide [kChunk][PanelCols]float32
	var rows [2][kChunk]float32
	for k0 := 0; k0 < k; k0 += kChunk {
		kn := min(kChunk, k-k0)
		panelRows(wide[:kn], b[k0*PanelCols:])
		for i := 0; i < m; i += 2 {
			j := min(i+1, m-1) // the last of an odd number of rows is computed twice
			widenGeneric(rows[0][:kn], a[i*lda+k0:][:kn])
			widenGeneric(rows[1][:kn], a[j*lda+k0:][:kn])
			twoRows(c[i*ldc:][:PanelCols], c[j*ldc:][:PanelCols], rows[0][:kn], rows[1][:kn], wide[:kn])
		}
	}
}

func gemmTNGeneric[E Elem](c []float32, ldc int, at, b []E, k, panels int) {
	var wideA, wideB [kChunk][PanelCols]float32
	var rows [PanelCols][kChunk]float32
	for k0 := 0; k0 < k; k0 += kChunk {
		kn := min(kChunk, k-k0)
		panelRows(wideA[:kn], at[k0*PanelCols:])
		for p := range kn {
			for i, x := range &wideA[p] {
				rows[i][p] = x
			}
		}
		for q := range panels {
			panelRows(wideB[:kn], b[(q*k+k0)*PanelCols:])
			for i := 0; i < PanelCols; i += 2 {
				c0, c1 := c[i*ldc+q*PanelCols:], c[(i+1)*ldc+q*PanelCols:]
				twoRows(c0[:PanelCols], c1[:PanelCols], rows[i][:kn], rows[i+1][:kn], wideB[:kn])
			}
		}
	}
}

// twoRows adds the products of the rows a0 and a1 with b to c0 and c1, four
// columns at a time: eight sums in registers. c0 and c1 may be the same row,
// then a0 and a1 are too.
func twoRows(c0, c1, a0, a1 []float32, b [][PanelCols]float32) {
	a0, a1 = a0[:len(b)], a1[:len(b)]
	for j := 0; j+4 <= len(c0) && j+4 <= len(c1); j += 4 {
		d0, d1 := (*[4]float32)(c0[j:]), (*[4]float32)(c1[j:])
		s00, s01, s02, s03 := d0[0], d0[1], d0[2], d0[3]
		s10, s11, s12, s13 := d1[0], d1[1], d1[2], d1[3]
		for p := range b {
			x0, x1, y := a0[p], a1[p], (*[4]float32)(b[p][j:])
			s00 += x0 * y[0]
			s01 += x0 * y[1]
			s02 += x0 * y[2]
			s03 += x0 * y[3]
			s10 += x1 * y[0]
			s11 += x1 * y[1]
			s12 += x1 * y[2]
			s13 += x1 * y[3]
		}
		d0[0], d0[1], d0[2], d0[3] = s00, s01, s02, s03
		d1[0], d1[1], d1[2], d1[3] = s10, s11, s12, s13
	}
}

// panelRows sets dst to the first len(dst) rows of a packed panel, in float32.
func panelRows[E Elem](dst [][PanelCols]float32, b []E) {
	switch b := any(b).(type) {
	case []float32:
		for p := range dst {
			copy(dst[p][:], b[p*PanelCols:])
		}
	case []BF16:
		for p := range dst {
			pair := b[p/2*2*PanelCols+p%2:][:2*PanelCols-1]
			for j := range PanelCols {
				dst[p][j] = pair[2*j].Float32()
			}
		}
	}
}
