package mixture

import (
	"context"
	"fmt"

	"github.com/amdim/amdim/encoder"
	"github.com/amdim/amdim/engine"
	"github.com/amdim/amdim/model"
	"github.com/amdim/amdim/tensor"
)

// mosaic runs the trunk over an image of any size in tiles of a fixed size: the
// trunk does not pad, so a location has the same numbers whichever tile it lies in,
// and its memory does not grow with the image. The locations between those a stride
// apart come from the same trunk on a shifted image.
type mosaic struct {
	grid  model.Grid
	exec  engine.Exec
	in    tensor.Tensor   // (mosaicBatch, side, side, 3)
	out   []tensor.Tensor // by tap: (mosaicBatch, tileLocations, tileLocations, c)
	skip  int             // locations at a tile's border that are not used: the first layer at 128 px pads
	count int             // locations along a tile's side that are used
}

const (
	tileLocations = 15
	mosaicBatch   = 4
)

// newMosaic compiles the trunk for tiles.
func newMosaic(e *encoder.Encoder, network model.Config, taps ...string) (*mosaic, error) {
	m := &mosaic{grid: network.Grid(), count: tileLocations}
	if m.grid.Count(m.grid.Field-1) > 0 { // a location sees beyond the image
		m.skip, m.count = 1, tileLocations-2
	}
	side := m.grid.Field
	for m.grid.Count(side) < tileLocations {
		side++
	}
	bound, err := network.Trunk(taps...).Bind(mosaicBatch, side, side)
	if err != nil {
		return nil, fmt.Errorf("mixture: trunk: %w", err)
	}
	if m.exec, err = e.Compile(bound); err != nil {
		return nil, fmt.Errorf("mixture: trunk: %w", err)
	}
	m.in, m.out = tensor.NewUint8(mosaicBatch, side, side, 3), engine.Outputs(bound)
	return m, nil
}

// lattice says where the locations of a mosaic lie in an image.
type lattice struct {
	step       int     // pixels from one location to the next, a divisor of the stride
	first      float64 // the centre of the first one
	rows, cols int
}

// lattice returns a lattice whose first locations lie on the border of an h×w image.
func (m *mosaic) lattice(h, w, step int) lattice {
	l := lattice{step: step}
	l.first = m.grid.First + float64(m.skip*m.grid.Stride-m.before())
	l.rows, l.cols = l.count(h), l.count(w)
	return l
}

func (l lattice) count(side int) int {
	return int((float64(side)-0.5-l.first)/float64(l.step)) + 1
}

// before is by how many pixels the image is mirrored across its upper and left
// border, so that the first location lies on the border.
func (m *mosaic) before() int { return int(m.grid.First+0.5) + m.skip*m.grid.Stride }

// tile is the first location of a tile; the others follow at the stride.
type tile struct{ row, col int }

// tiles returns the tiles that together hold all locations.
func (m *mosaic) tiles(l lattice) (all []tile) {
	dense := m.grid.Stride / l.step
	for row := range l.rows {
		for col := range l.cols {
			if row/dense%m.count == 0 && col/dense%m.count == 0 {
				all = append(all, tile{row, col})
			}
		}
	}
	return all
}

// run calls f for every location of the lattice, with a row of numbers for each tap. It
// ends between two batches when ctx is done.
func (m *mosaic) run(
	ctx context.Context, img tensor.Image, l lattice, f func(row, col int, taps [][]float32),
) error {
	tiles := m.tiles(l)
	for at := 0; at < len(tiles); at += mosaicBatch {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("mixture: trunk: %w", err)
		}
		batch := tiles[at:min(at+mosaicBatch, len(tiles))]
		for i, t := range batch {
			m.cut(i, img, t.row*l.step-m.before(), t.col*l.step-m.before())
		}
		if err := m.exec.Forward([]tensor.Tensor{m.in}, m.out); err != nil {
			return fmt.Errorf("mixture: trunk: %w", err)
		}
		for i, t := range batch {
			m.locations(i, t, l, f)
		}
	}
	return nil
}

// cut makes the tile whose corner is at (y, x) input i; outside the image it is mirrored.
func (m *mosaic) cut(i int, img tensor.Image, y, x int) {
	side := m.in.Shape[1]
	dst := m.in.U8[i*side*side*3:]
	for r := range side {
		row := img.Pix[mirrored(y+r, img.H)*img.W*3:]
		for c := range side {
			copy(dst[(r*side+c)*3:][:3], row[mirrored(x+c, img.W)*3:])
		}
	}
}

// mirrored maps an index outside 0 … n−1 into it, reflecting at either end
// without repeating the last pixel.
func mirrored(i, n int) int {
	if n == 1 {
		return 0
	}
	period := 2 * (n - 1)
	i = ((i % period) + period) % period
	return min(i, period-i)
}

// locations calls f for the locations of tile t, which was input i.
func (m *mosaic) locations(i int, t tile, l lattice, f func(row, col int, taps [][]float32)) {
	dense := m.grid.Stride / l.step
	taps := make([][]float32, len(m.out))
	for y := range m.count {
		for x := range m.count {
			row, col := t.row+y*dense, t.col+x*dense
			if row >= l.rows || col >= l.cols {
				continue
			}
			for j, out := range m.out {
				dim := out.Shape[3]
				at := ((i*tileLocations+y+m.skip)*tileLocations + x + m.skip) * dim
				taps[j] = out.F32[at : at+dim]
			}
			f(row, col, taps)
		}
	}
}
