package amxemu

import (
	"encoding/binary"
	"fmt"
	"math"
)

// maxTiles and maxRows are those of palette 1.
const (
	maxTiles = 8
	maxRows  = 16
	maxBytes = 64 // per row
)

// tiles is the state of one thread.
type tiles struct {
	configured bool
	colsb      [maxTiles]int
	rows       [maxTiles]int
	data       [maxTiles][maxRows][maxBytes]byte
}

// configure carries out LDTILECFG; every tile becomes zero.
func (t *tiles) configure(cfg []byte) error {
	*t = tiles{configured: true}
	if cfg[0] != 1 {
		return fmt.Errorf("amxemu: palette %d", cfg[0])
	}
	for i := range maxTiles {
		t.colsb[i], t.rows[i] = int(binary.LittleEndian.Uint16(cfg[16+2*i:])), int(cfg[48+i])
		if t.colsb[i] > maxBytes || t.rows[i] > maxRows || (t.colsb[i] == 0) != (t.rows[i] == 0) {
			return fmt.Errorf("amxemu: tile %d of %d rows of %d bytes", i, t.rows[i], t.colsb[i])
		}
	}
	return nil
}

// use fails unless the tiles are configured and not empty.
func (t *tiles) use(list ...int) error {
	for _, i := range list {
		if !t.configured || i >= maxTiles || t.rows[i] == 0 {
			return fmt.Errorf("amxemu: tile %d used but not configured", i)
		}
	}
	return nil
}

// tdpbf16ps adds the products of pairs in a and b to c. Even and odd k have a
// sum each, which are added to each other and then to c; denormals are zero.
func (t *tiles) tdpbf16ps(c, a, b int) error {
	if err := t.use(c, a, b); err != nil {
		return err
	}
	if t.rows[a] != t.rows[c] || t.colsb[b] != t.colsb[c] || t.colsb[a]/4 != t.rows[b] {
		return fmt.Errorf("amxemu: TDPBF16PS of tiles that do not fit")
	}
	for m := range t.rows[c] {
		for n := range t.colsb[c] / 4 {
			var even, odd float32
			for k := range t.rows[b] {
				x, y := t.data[a][m][4*k:], t.data[b][k][4*n:]
				even = flush(even + bf16(x)*bf16(y))
				odd = flush(odd + bf16(x[2:])*bf16(y[2:]))
			}
			at := t.data[c][m][4*n:]
			sum := flush(math.Float32frombits(binary.LittleEndian.Uint32(at))) + flush(even+odd)
			binary.LittleEndian.PutUint32(at, math.Float32bits(flush(sum)))
		}
	}
	return nil
}

func bf16(b []byte) float32 {
	return flush(math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16))
}

// flush is x, or zero if x is denormal.
func flush(x float32) float32 {
	if math.Float32bits(x)&0x7f800000 == 0 {
		return 0
	}
	return x
}
