package imagefile

import "github.com/amdim/amdim/tensor"

// Reduce returns img smaller by the largest whole factor that leaves its shorter
// side at least side long: every pixel is the mean of a box, rounded half up. The
// rows and columns that fill no box are left out, half at either edge. An image
// that cannot be reduced, or a side of 0, returns img itself.
func Reduce(img tensor.Image, side int) tensor.Image {
	if side <= 0 {
		return img
	}
	k := min(img.H, img.W) / side
	if k <= 1 {
		return img
	}
	small := tensor.NewImage(img.H/k, img.W/k)
	top, left := img.H%k/2, img.W%k/2
	sums := make([]uint64, small.W*3)
	area := uint64(k) * uint64(k)
	for y := range small.H {
		clear(sums)
		for dy := range k {
			addBoxes(sums, img.Pix[((top+y*k+dy)*img.W+left)*3:], k)
		}
		out := small.Pix[y*small.W*3:][:len(sums)]
		for i, s := range sums {
			out[i] = uint8((s + area/2) / area)
		}
	}
	return small
}

// addBoxes adds to the three sums of each box its k pixels of one row.
func addBoxes(sums []uint64, row []uint8, k int) {
	for i := 0; i < len(sums); i += 3 {
		var r, g, b uint32
		box := row[i*k:][:3*k]
		for len(box) >= 3 {
			r += uint32(box[0])
			g += uint32(box[1])
			b += uint32(box[2])
			box = box[3:]
		}
		sums[i] += uint64(r)
		sums[i+1] += uint64(g)
		sums[i+2] += uint64(b)
	}
}
