package segment

import "github.com/amdim/amdim/internal/parallel"

// box takes means over windows of (2·radius + 1)², clipped at the borders of a plane
// of (h, w). Running sums make its time independent of the radius.
type box struct {
	h, w, radius int
	pool         *parallel.Pool
	scratch      []float32
}

func newBox(h, w, radius int, pool *parallel.Pool) *box {
	return &box{h, w, radius, pool, make([]float32, w*h)}
}

const boxColumns = 256 // columns that one worker sums at a time: their sums stay in the cache

// mean sets dst to the means of src; they may be the same slice.
func (b *box) mean(dst, src []float32) {
	b.pool.For(b.h, func(_, y int) {
		b.meanRow(b.scratch[y*b.w:(y+1)*b.w], src[y*b.w:(y+1)*b.w])
	})
	b.pool.For((b.w+boxColumns-1)/boxColumns, func(_, i int) {
		b.meanColumns(dst, i*boxColumns, min(b.w, (i+1)*boxColumns))
	})
}

func (b *box) meanRow(dst, src []float32) {
	var sum float64 // a running sum in float32 would accumulate rounding errors
	for x := range min(b.radius, b.w) {
		sum += float64(src[x])
	}
	for x := range dst {
		from, to := x-b.radius, x+b.radius
		if to < b.w {
			sum += float64(src[to])
		}
		dst[x] = float32(sum / float64(min(to, b.w-1)-max(from, 0)+1))
		if from >= 0 {
			sum -= float64(src[from])
		}
	}
}

func (b *box) meanColumns(dst []float32, left, right int) {
	sums := make([]float64, right-left)
	add := func(y int, sign float64) {
		for i, v := range b.scratch[y*b.w+left : y*b.w+right] {
			sums[i] += float64(sign * float64(v))
		}
	}
	for y := range min(b.radius, b.h) {
		add(y, 1)
	}
	for y := range b.h {
		from, to := y-b.radius, y+b.radius
		if to < b.h {
			add(to, 1)
		}
		share := 1 / float64(min(to, b.h-1)-max(from, 0)+1)
		for i, s := range sums {
			dst[y*b.w+left+i] = float32(s * share)
		}
		if from >= 0 {
			add(from, -1)
		}
	}
}
