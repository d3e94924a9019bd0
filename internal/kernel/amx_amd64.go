//go:build !noasm

package kernel

import "unsafe"

// amxK is how many k one tile holds: 64 bytes of BF16.
const amxK = 32

// amxRows is how many rows of A two tiles hold.
const amxRows = 32

// cacheLine is how many bytes are stored past the caches at a time.
const cacheLine = 64

// tileConfig is the operand of LDTILECFG: palette 1, then for each tile its
// bytes per row and its rows. Intel 64 and IA-32 Architectures Software
// Developer's Manual, volume 1, section 18.2.
type tileConfig struct {
	palette uint8
	_       [15]uint8 // start row and reserved
	colsb   [16]uint16
	rows    [16]uint8
}

// tileConfigs are the configurations for products of 1..32 rows: tiles 0, 1 and
// 4 hold the first 16, tiles 2, 3 and 5 the rest.
var tileConfigs = func() (configs [amxRows + 1]tileConfig) {
	for rows := 1; rows <= amxRows; rows++ {
		t := &configs[rows]
		t.palette = 1
		upper, lower := uint8(min(rows, 16)), uint8(max(rows-16, 0))
		for i, n := range []uint8{upper, upper, lower, lower, upper, lower, 16, 16} {
			if n > 0 {
				t.colsb[i], t.rows[i] = 64, n
			}
		}
	}
	return configs
}()

// tilesAMX multiplies blocks of rows ≤ 32 rows of A by panels; the twin is
// gemmGeneric. A step is 32 of k. Strides are in bytes: ldc and rs between rows
// of c and A, ks between steps of A, half between the halves of a panel, and dc, da, db
// between blocks. Tiles are configured at entry and released at exit, so none is live
// outside.
//
//go:noescape
func tilesAMX(cfg *tileConfig, c *float32, ldc, dc int, a *BF16, rs, ks, da int, b *BF16, half, db int,
	steps, rows, blocks int, acc bool)

// amxWork is the most steps one assembly call takes: 2¹³ steps of 64 cycles are 0.2 ms.
const amxWork = 1 << 13

func gemmAMX(c []float32, ldc int, a []BF16, lda int, b []BF16, m, k int, acc bool) {
	if k == 0 {
		gemmGeneric(c, ldc, a, lda, b, m, k, acc)
		return
	}
	steps := k / amxK
	most := max(1, amxWork/steps)
	for i := 0; i < m; {
		rows := min(m-i, amxRows)
		blocks := min(max(1, (m-i)/amxRows), most)
		tilesAMX(&tileConfigs[rows], &c[i*ldc], 4*ldc, 4*ldc*amxRows, &a[i*lda], 2*lda, 2*amxK, 2*lda*amxRows,
			&b[0], k*PanelCols, 0, steps, rows, blocks, acc)
		i += rows * blocks
	}
}

// amxTile is one step of the left operand of GemmTN: 32 rows of 32 of k.
const amxTile = PanelCols * amxK

// turned is how many steps are packed before they are transposed: 8 KiB.
const turned = 4

// packLeftAMX packs a panel of transposed steps: 32 rows of 16 pairs instead of 16 rows
// of 32, so that a tile of A is 1 KiB in one piece. What packTurned leaves over is
// packed by packRows, a few steps at a time, and then transposed step by step.
func packLeftAMX(packRows packFunc[BF16]) packFunc[BF16] {
	return func(dst, src []BF16, off []int32, cols, kRound int) {
		for k := packTurned(dst, src, off, cols); k < kRound; k += turned * amxK {
			size := min(turned*amxK, kRound-k)
			rows := dst[k*PanelCols:][:size*PanelCols]
			packRows(rows, src, off[min(k, len(off)):min(k+size, len(off))], cols, size)
			for p := 0; p < size; p += amxK {
				turnStep((*[amxTile]BF16)(rows[p*PanelCols:]))
			}
		}
	}
}

// packTurnedAVX512 packs steps of 32 rows of 32 columns, row i from src[off[i]], and
// transposes each while it is in registers. The twin is packRowsGeneric with turnStep.
//
//go:noescape
func packTurnedAVX512(dst, src *BF16, off *int32, steps int)

// packTurned packs the whole steps of a whole panel, and returns how many rows they
// have: none without AVX-512.
func packTurned(dst, src []BF16, off []int32, cols int) (rows int) {
	const most = stretch / amxTile
	if !hasAVX512() || cols < PanelCols {
		return 0
	}
	steps := len(off) / amxK
	for i := 0; i < steps; i += most {
		packTurnedAVX512(&dst[i*amxTile], &src[0], &off[i*amxK], min(most, steps-i))
	}
	return steps * amxK
}

// turnStep transposes 16 rows of 32 pairs.
func turnStep(step *[amxTile]BF16) {
	rows := *step
	if hasAVX512() {
		// Both are 2 KiB.
		transposeAVX512(unsafe.Pointer(step), unsafe.Pointer(&rows), 2*amxK, 4*PanelCols, 4*PanelCols)
		return
	}
	for p := range amxK / 2 {
		for i := range PanelCols {
			copy(step[i*amxK+2*p:][:2], rows[(p*PanelCols+i)*2:])
		}
	}
}

func gemmTNAMX(c []float32, ldc int, at, b []BF16, k, panels int, acc bool) {
	for k0 := 0; k0 < k; k0 += amxWork * amxK {
		steps := min(amxWork, (k-k0)/amxK)
		most := max(1, amxWork/steps)
		for q := 0; q < panels; q += most {
			tilesAMX(&tileConfigs[amxRows], &c[q*PanelCols], 4*ldc, 4*PanelCols,
				&at[k0*PanelCols], 2*amxK, 2*amxTile, 0, &b[(q*k+k0/2)*PanelCols], k*PanelCols, 2*k*PanelCols,
				steps, amxRows, min(most, panels-q), acc || k0 > 0)
		}
	}
}

// storeTilesAMX multiplies blocks ≥ 1 of 32 rows of A by panels ≥ 1, steps of 32 of k,
// and stores them through an epilogue; strides are in bytes, bias and add nil for
// none. stream stores past the caches: whole lines at multiples of 64 bytes. buf is
// scratch memory. The twins are gemmGeneric and storeGeneric.
//
//go:noescape
func storeTilesAMX(cfg *tileConfig, dst *BF16, ldd int, a *BF16, lda int, b *BF16,
	steps, panels, blocks int, bias *float32, add *BF16, ldadd int, least float32, stream bool,
	buf *[2][amxRows * PanelCols]float32)

// amxPanels is how many bytes of panels all rows are multiplied by before the others.
const amxPanels = 512 << 10

// gemmStoreAMX multiplies m rows by whole panels and rounds one product of 32 rows and
// a panel while the next is multiplied. store completes what is less than 32 rows.
func gemmStoreAMX(store func([]BF16, int, []float32, int, int, int, Epilogue[BF16])) gemmStoreFunc[BF16] {
	return func(
		dst []BF16, ldd int, a []BF16, lda int, b []BF16, _, m, k, panels int, e Epilogue[BF16], scratch []float32,
	) {
		i := 0
		group := max(1, amxPanels/(2*k*PanelCols))
		for q := 0; q < panels; q += group {
			j, n := q*PanelCols, min(group, panels-q)
			i = storeBlocksAMX(dst[j:], ldd, a, lda, b[j*k:], m, k, n, e.From(j), scratch)
		}
		if i == m {
			return
		}
		if e.Add != nil {
			e.Add = e.Add[i*e.LdAdd:]
		}
		for q := range panels {
			j := q * PanelCols
			gemmAMX(scratch, PanelCols, a[i*lda:], lda, b[j*k:], m-i, k, false)
			store(dst[i*ldd+j:], ldd, scratch, PanelCols, m-i, PanelCols, e.From(j))
		}
	}
}

// storeBlocksAMX is gemmStoreAMX for whole blocks of rows, whose number of rows
// it returns.
func storeBlocksAMX(
	dst []BF16, ldd int, a []BF16, lda int, b []BF16, m, k, panels int, e Epilogue[BF16], scratch []float32,
) (done int) {
	var bias *float32
	var add *BF16
	if e.Bias != nil {
		bias = &e.Bias[:panels*PanelCols][0]
	}
	buf := (*[2][amxRows * PanelCols]float32)(unsafe.Pointer(&scratch[:2*amxRows*PanelCols][0]))
	steps := k / amxK
	most := max(1, amxWork/(steps*panels))
	stream := e.Stream && uintptr(unsafe.Pointer(&dst[0]))%cacheLine == 0 && 2*ldd%cacheLine == 0
	i := 0
	for ; i+amxRows <= m; i += amxRows * min(most, (m-i)/amxRows) {
		if e.Add != nil {
			add = &e.Add[i*e.LdAdd]
		}
		storeTilesAMX(&tileConfigs[amxRows], &dst[i*ldd], 2*ldd, &a[i*lda], 2*lda, &b[0], steps, panels,
			min(most, (m-i)/amxRows), bias, add, 2*e.LdAdd, least(e.ReLU), stream, buf)
	}
	return i
}
