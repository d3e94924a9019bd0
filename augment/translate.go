package augment

import (
	"fmt"

	"github.com/amdim/amdim/tensor"
)

// translate sets dst to src moved dx pixels to the right and dy pixels down.
// What it uncovers is mirrored without repeating the edge pixel, so |dx| must be
// less than the width and |dy| less than the height. dst and src must not
// overlap.
func translate(dst, src tensor.Image, dx, dy int) {
	checkSame("translate", dst, src)
	if max(dx, -dx) >= src.W || max(dy, -dy) >= src.H {
		panic(fmt.Sprintf("augment: translate: (%d, %d) for %d×%d pixels", dx, dy, src.H, src.W))
	}
	row := src.W * 3
	left, right := max(dx, 0), src.W+min(dx, 0) // columns left..right-1 are not mirrored
	for y := range src.H {
		v := mirror(y-dy, src.H)
		d, s := dst.Pix[y*row:(y+1)*row], src.Pix[v*row:(v+1)*row]
		copy(d[left*3:right*3], s[(left-dx)*3:])
		for x := range left {
			copy(d[x*3:x*3+3], s[mirror(x-dx, src.W)*3:])
		}
		for x := right; x < src.W; x++ {
			copy(d[x*3:x*3+3], s[mirror(x-dx, src.W)*3:])
		}
	}
}

// mirror reflects i at the first and the last of n samples.
func mirror(i, n int) int {
	if i < 0 {
		return -i
	}
	if i >= n {
		return 2*(n-1) - i
	}
	return i
}

func checkSame(name string, dst, src tensor.Image) {
	dst.Check()
	src.Check()
	if dst.H != src.H || dst.W != src.W {
		panic(fmt.Sprintf("augment: %s: dst is %d×%d, src %d×%d", name, dst.H, dst.W, src.H, src.W))
	}
}
