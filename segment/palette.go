package segment

import (
	"image/color"
	"sync"
)

// okabeIto is the palette of Okabe and Ito 2008, "Color universal design", made to be
// distinguishable with any colour vision; without its black, which hides a photograph.
var okabeIto = [7][3]uint8{
	{230, 159, 0}, {86, 180, 233}, {0, 158, 115}, {240, 228, 66}, {0, 114, 178}, {213, 94, 0}, {204, 121, 167},
}

// Palette returns 256 colours; label i has colour i. The first seven are Okabe and Ito's. Each
// further colour is the one farthest from all before it, where the distance of two colours is the
// least of three kinds of vision: normal, without red cones, without green cones. Beyond about
// twenty, colours cannot be told apart at a glance. Labels above 255 begin again at colour 0.
func Palette() color.Palette {
	p := make(color.Palette, 256)
	for i, c := range colours() {
		p[i] = color.RGBA{c[0], c[1], c[2], 255}
	}
	return p
}

func colourOf(label int32) [3]uint8 { return colours()[label%256] }

// colours are integers throughout, so that every platform draws alike.
var colours = sync.OnceValue(func() *[256][3]uint8 {
	var all [256][3]uint8
	copy(all[:], okabeIto[:])
	var candidates [][3]uint8
	for r := 24; r < 256; r += 24 {
		for g := 24; g < 256; g += 24 {
			for b := 24; b < 256; b += 24 {
				if sum := r + g + b; sum > 200 && sum < 660 { // no near black, no near white
					candidates = append(candidates, [3]uint8{uint8(r), uint8(g), uint8(b)})
				}
			}
		}
	}
	nearest := make([]int, len(candidates)) // distance to the colours so far
	for i, c := range candidates {
		nearest[i] = apart(c, all[0])
	}
	for n := 1; n < len(all); n++ {
		best := 0
		for i, c := range candidates {
			nearest[i] = min(nearest[i], apart(c, all[n-1]))
			if nearest[i] > nearest[best] {
				best = i
			}
		}
		if n >= len(okabeIto) {
			all[n] = candidates[best]
		}
	}
	return &all
})

// apart is the least of the squared distances of two colours in the three kinds of vision.
// Those without one kind of cone follow Viénot, Brettel and Mollon 1999 (Color Research
// and Application 24), applied to the bytes themselves: red and green merge, blue stays.
func apart(a, b [3]uint8) int {
	var d [3]int
	for c := range d {
		d[c] = int(a[c]) - int(b[c])
	}
	normal := 2*d[0]*d[0] + 4*d[1]*d[1] + 3*d[2]*d[2] // weights by how well the eye tells them apart
	noRed := (112*d[0] + 888*d[1]) / 1000
	noGreen := (293*d[0] + 707*d[1]) / 1000
	return min(normal, 6*noRed*noRed+3*d[2]*d[2], 6*noGreen*noGreen+3*d[2]*d[2])
}
