package survey

import (
	"math"
	"math/bits"

	"github.com/amdim/amdim/tensor"
)

// A signature is made on a grid of side × side equal rectangles, whatever the size
// of the image.
const (
	gridSide   = 32
	lumaSide   = 8 // of the thumbnail's luminance: a cell is the mean of 4 × 4 of the grid
	chromaSide = 4 // of its two colour differences
	thumbCells = lumaSide*lumaSide + 2*chromaSide*chromaSide
	thumbUnit  = 32
)

// flatStd is the standard deviation of a thumbnail, in grey levels of 256, below
// which an image has nothing to be known by. Of CIFAR-10's 60,000 one in 10,000
// is below 4.7.
const flatStd = 2

// grid is the mean red, green and blue, 0 to 255, of the rectangles.
type grid [gridSide * gridSide][3]float32

// signature is what an image is recognised by after it was encoded again, resized,
// brightened, or cropped by a little.
type signature struct {
	// hash is the signs of the 64 lowest coefficients of luminance's cosine transform
	// but the mean, as in Zauner 2010, "Implementation and Benchmarking of Perceptual
	// Image Hash Functions", section 3.2.1, with the sign in place of the median.
	// Coefficient k, from low to high, is bit k/4 of band k mod 4.
	hash uint64
	// thumb is luminance, (8, 8), and both colour differences, (4, 4): each of mean
	// 0, together of standard deviation thumbUnit.
	thumb [thumbCells]int8
	flat  bool // not to be compared
}

// nearBound is the distance from which two images are different; see distance.
// Below it fewer than a quarter of the bits differ, so that of the four bands one
// differs in at most three: what candidates relies on.
//
// It was chosen for precision. On CIFAR-10 it gives 288 pairs of a test and a
// training image, of which 127 are in the list of Barz and Denzler (arXiv
// 1902.00423) and 5 of the others are by eye other pictures; of 99 pairs within
// train 5 are. It misses 120 of the 263 pairs of that list, most of them cut
// differently.
const nearBound = 0.25

// distance is the share of bits that differ plus the mean squared difference of
// the thumbnails at standard deviation 1.
func (s *signature) distance(t *signature) float64 {
	sum := int32(0)
	for i, v := range s.thumb {
		d := int32(v) - int32(t.thumb[i])
		sum += d * d
	}
	differ := bits.OnesCount64(s.hash ^ t.hash)
	return float64(differ)/64 + float64(sum)/(thumbUnit*thumbUnit*thumbCells)
}

// sign returns the signature of an image.
func sign(img tensor.Image) signature {
	var g grid
	g.fill(img)
	var planes [3][gridSide * gridSide]float32
	for i, c := range g {
		y := 0.299*c[0] + 0.587*c[1] + 0.114*c[2]
		// of a cell that has four times the area, a difference counts twice: Cb and Cr
		// of ITU-R BT.601, doubled
		planes[0][i], planes[1][i], planes[2][i] = y, 1.128*(c[2]-y), 1.426*(c[0]-y)
	}
	s := signature{hash: hashOf(&planes[0])}
	cells := make([]float64, 0, thumbCells)
	cells = appendCells(cells, &planes[0], lumaSide)
	cells = appendCells(cells, &planes[1], chromaSide)
	cells = appendCells(cells, &planes[2], chromaSide)
	variance := 0.0
	for _, v := range cells {
		variance += v * v / thumbCells
	}
	std := math.Sqrt(variance)
	if s.flat = std < flatStd; s.flat {
		return s
	}
	for i, v := range cells {
		s.thumb[i] = int8(math.Round(max(-127, min(127, thumbUnit*v/std))))
	}
	return s
}

// appendCells appends the means of side × side squares of a plane, less the mean of
// all.
func appendCells(cells []float64, plane *[gridSide * gridSide]float32, side int) []float64 {
	first, box := len(cells), gridSide/side
	cells = append(cells, make([]float64, side*side)...)
	added, mean := cells[first:], 0.0
	for y := range gridSide {
		row := plane[y*gridSide:][:gridSide]
		for x := range side {
			sum := float32(0)
			for _, v := range row[x*box:][:box] {
				sum += v
			}
			added[y/box*side+x] += float64(sum) / float64(box*box)
		}
	}
	for _, v := range added {
		mean += v / float64(len(added))
	}
	for i := range added {
		added[i] -= mean
	}
	return cells
}

// fill sets g to the means of img; a pixel on an edge counts in part.
func (g *grid) fill(img tensor.Image) {
	across, down := shares(img.W), shares(img.H)
	for y := range img.H {
		var line [gridSide][3]float32
		row := img.Pix[y*img.W*3:][:img.W*3]
		for _, s := range across {
			p, c := row[s.pixel*3:][:3], &line[s.cell]
			c[0] += s.part * float32(p[0])
			c[1] += s.part * float32(p[1])
			c[2] += s.part * float32(p[2])
		}
		for len(down) > 0 && down[0].pixel == y {
			for x, v := range line {
				c, part := &g[down[0].cell*gridSide+x], down[0].part
				c[0] += part * v[0]
				c[1] += part * v[1]
				c[2] += part * v[2]
			}
			down = down[1:]
		}
	}
}

// share is the part of a cell that a pixel makes up.
type share struct {
	pixel, cell int
	part        float32
}

// shares are those of n pixels in a row, in their order.
func shares(n int) []share {
	all := make([]share, 0, n+gridSide)
	for i := range n {
		// in units of 1/n of a cell a pixel is gridSide long and a cell n
		from, to := i*gridSide, (i+1)*gridSide
		for c := from / n; c*n < to; c++ {
			part := float32(min(to, (c+1)*n)-max(from, c*n)) / float32(n)
			all = append(all, share{i, c, part})
		}
	}
	return all
}

// lowest is how many frequencies there are in either direction: those of the 64
// lowest coefficients add up to at most lowest−1.
const lowest = 11

// cosines is (lowest, gridSide): row k is the cosine of frequency k.
var cosines = func() (c [lowest][gridSide]float32) {
	for k := range c {
		for x := range c[k] {
			c[k][x] = float32(math.Cos(math.Pi * float64(k) * (float64(x) + 0.5) / gridSide))
		}
	}
	return c
}()

func hashOf(luma *[gridSide * gridSide]float32) uint64 {
	var rows [gridSide][lowest]float32 // transformed along x
	for y := range rows {
		line := luma[y*gridSide:][:gridSide]
		for k := range lowest {
			for x, v := range line {
				rows[y][k] += v * cosines[k][x]
			}
		}
	}
	hash, k := uint64(0), 0
	for sum := 1; k < 64; sum++ {
		for v := 0; v <= sum && k < 64; v++ {
			c := float32(0)
			for y := range rows {
				c += rows[y][sum-v] * cosines[v][y]
			}
			if c > 0 {
				hash |= 1 << (k%bands*bandBits + k/bands)
			}
			k++
		}
	}
	return hash
}
